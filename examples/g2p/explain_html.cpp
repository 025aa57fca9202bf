#include "explain_html.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "explanation_views.hpp"

namespace g2p {

namespace {

/// Exactly 0 is told from what rounds to it.
std::string number(double x, int precision) {
    return x == 0 ? "0" : fmt::format("{:.{}f}", x, precision);
}

double longest_loss(const Explanation& e) {
    double longest = 0;
    for (const WordLosses& word : e.words) {
        for (const TokenLoss& token : word.tokens) {
            longest = std::max(longest, token.loss);
        }
    }
    return longest;
}

/// The criterion's result with Reduction::none: a row for each word, a column for each step.
std::string matrix_row(const Explanation& e, const WordLosses& word, std::size_t index,
                       double longest) {
    std::string row =
        fmt::format("<tr><th scope=\"row\"><a href=\"#word{}\"><bdi>{}</bdi></a></th>", index + 1,
                    escaped(word.reference.graphemes));
    for (const TokenLoss& token : word.tokens) {
        row += fmt::format("<td class=\"{}\" style=\"--v:{:.0f}%\"><small>{}</small> {}</td>",
                           token.is_pad() ? "pad" : "shaded",
                           longest > 0 ? 60 * token.loss / longest : 0, escaped(e.name(token)),
                           number(token.loss, 3));
    }
    LossSums sums;
    sums.add(word);
    return row + fmt::format("<td class=\"sum\">{}</td></tr>\n", number(sums.loss, 3));
}

std::string matrix_of(const Explanation& e) {
    std::string steps, rows;
    for (std::size_t step = 1; step <= e.words.front().tokens.size(); ++step) {
        steps += fmt::format("<th scope=\"col\">{}</th>", step);
    }
    LossSums sums;
    for (std::size_t i = 0; i < e.words.size(); ++i) {
        rows += matrix_row(e, e.words[i], i, longest_loss(e));
        sums.add(e.words[i]);
    }
    return fmt::format(
        "<h2>The loss matrix</h2>\n"
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"The loss matrix\">\n"
        "<table class=\"matrix\"><caption>The criterion, not reduced: the loss of every token, "
        "under "
        "the phone it should have been. {} tokens count, {} of PAD are exactly 0. Sum {:.3f}, a "
        "token "
        "{:.3f}.</caption>\n<thead><tr><th scope=\"col\">word</th>{}<th scope=\"col\">sum</th></tr>"
        "</thead>\n<tbody>{}</tbody></table></div>\n",
        sums.tokens, sums.pads, sums.loss, sums.loss / static_cast<double>(sums.tokens), steps,
        rows);
}

std::string loss_row(const Explanation& e, const TokenLoss& token, std::size_t step,
                     double longest) {
    const auto percent = [&](double loss) { return longest > 0 ? 100 * loss / longest : 0; };
    return fmt::format(
        "<tr{}><th scope=\"row\"><small>{}</small> {}</th><td>{}</td><td>{}</td><td>{}</td>"
        "<td><b>{}</b></td><td class=\"bar\" style=\"--least:{:.2f}%\"><i class=\"nll\" "
        "style=\"width:{:.2f}%\"></i><i class=\"smooth\" style=\"width:{:.2f}%\"></i></td></tr>\n",
        token.is_pad() ? " class=\"pad\"" : "", step, escaped(e.name(token)),
        number(token.p[static_cast<std::size_t>(token.target)], 3), number(token.nll, 3),
        number(token.smooth, 2), number(token.loss, 3), percent(e.least_loss()),
        percent(e.nll_weight() * token.nll), percent(e.smooth_weight() * token.smooth));
}

std::string losses_of(const Explanation& e, const WordLosses& word) {
    std::string rows;
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        rows += loss_row(e, word.tokens[step], step + 1, longest_loss(e));
    }
    LossSums sums;
    sums.add(word);
    return fmt::format(
        "<table class=\"losses\"><caption>Bars: <i class=\"key nll\"></i> {:.4g} nll, "
        "<i class=\"key smooth\"></i> {:.4g}/{} smooth; the line is the least there can be, "
        "{:.3f}.</caption>\n<thead><tr><th scope=\"col\">target</th><th scope=\"col\">p</th>"
        "<th scope=\"col\">nll</th><th scope=\"col\">smooth</th><th scope=\"col\">loss</th>"
        "<th scope=\"col\"><span class=\"unseen\">bar</span></th></tr></thead>\n<tbody>{}</tbody>\n"
        "<tfoot><tr><th scope=\"row\">sum</th><td></td><td>{}</td><td>{}</td><td><b>{}</b></td><td>"
        "</td></tr></tfoot></table>\n",
        e.nll_weight(), e.smoothing, e.classes.size(), e.least_loss(), rows, number(sums.nll, 3),
        number(sums.smooth, 2), number(sums.loss, 3));
}

/// For those who cannot hover, and to be copied.
std::string numbers_of(const Explanation& e, const WordLosses& word) {
    std::string lines = "step\ttarget\tclass\tp\tq\tp - q\n";
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        const TokenLoss& token = word.tokens[step];
        for (std::size_t k = 0; k < e.classes.size(); ++k) {
            lines += fmt::format("{}\t{}\t{}\t{:.9g}\t{:.9g}\t{:.9g}\n", step + 1, e.name(token),
                                 e.classes[k], token.p[k], token.q[k], token.gradient[k]);
        }
    }
    return "<details><summary>All numbers, to read or copy</summary>\n<pre tabindex=\"0\">" +
           escaped(lines) + "</pre></details>\n";
}

std::string section_of(const Explanation& e, std::size_t index) {
    const WordLosses& word = e.words[index];
    const Reference& r = word.reference;
    return fmt::format(
               "<section id=\"word{0}\" aria-labelledby=\"name{0}\">\n"
               "<h2 id=\"name{0}\"><bdi>{1}</bdi> <span>{2}</span></h2>\n"
               "<p class=\"origin\">{3}</p>\n<div class=\"word\">\n",
               index + 1, escaped(r.graphemes),
               escaped(fmt::format("{}", fmt::join(r.phones, " "))), escaped(r.origin)) +
           losses_of(e, word) + "<div>\n" + heat_maps_of(e, word, index + 1) + "</div></div>\n" +
           numbers_of(e, word) + "</section>\n";
}

std::string title_of(const Explanation& e) {
    const std::size_t others = e.words.size() - 1;
    return "The loss of " + e.words.front().reference.graphemes +
           (others == 0 ? "" : fmt::format(" and {} more", others));
}

std::string head_of(const Explanation& e) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" "
           "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
           escaped(title_of(e)) + "</title>\n<style>" + std::string(style_sheet) +
           "</style>\n</head>\n";
}

std::string introduction_of(const Explanation& e) {
    return fmt::format(
        "<header><h1>The loss, token by token</h1>\n"
        "<p>At every step the model has heard the right phones so far and says what comes next: a "
        "probability p for each of {} classes. The label-smoothed cross entropy compares it with q."
        "</p>\n<p class=\"formula\">loss = {:.4g} nll + {:.4g}/{} smooth</p>\n"
        "<p><b>nll</b> is \u2212log p of the right phone. <b>smooth</b>, the sum of \u2212log p "
        "over "
        "all classes, grows as the model gets surer. So no loss is below {:.3f}, which it is where "
        "p = q.</p></header>\n",
        e.classes.size(), e.nll_weight(), e.smoothing, e.classes.size(), e.least_loss());
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            case '\'':
                html += "&#39;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

std::string page_of(const Explanation& explanation) {
    std::string page =
        head_of(explanation) + "<body>\n" + introduction_of(explanation) + "<main>\n" +
        matrix_of(explanation) +
        "<h2>The heat maps</h2>\n<p>Rows are steps, columns the classes the model "
        "chooses from; the framed cell is the target. Numbers are hundredths, exact "
        "ones appear on hovering; shades go by the square root, so that small numbers "
        "are seen. Hatched rows are PAD: masked, exactly 0 whatever the model says.</p>\n" +
        heat_map_legend();
    for (std::size_t i = 0; i < explanation.words.size(); ++i) {
        page += section_of(explanation, i);
    }
    return page + fmt::format(
                      "</main>\n<footer><p>On the tape, the gradient of the summed loss by the "
                      "scores differs from p \u2212 q by at most {:.0e}.</p></footer>\n"
                      "</body>\n</html>\n",
                      explanation.largest_difference());
}

}  // namespace g2p
