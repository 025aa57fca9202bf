#include "explain_html.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "explanation_views.hpp"

namespace g2p {

namespace {

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
           losses_of(e, word) + "<div>\n" + heat_maps_of(e, word) + "</div></div>\n" +
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
        "all classes, grows as the model gets surer. So no loss is below {}, which it is where "
        "p = q.</p></header>\n",
        e.classes.size(), e.nll_weight(), e.smoothing, e.classes.size(),
        number_of(e.least_loss(), 3));
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
    std::string page = head_of(explanation) + "<body>\n" + introduction_of(explanation) +
                       "<main>\n" + loss_matrix_of(explanation) + heat_map_legend();
    for (std::size_t i = 0; i < explanation.words.size(); ++i) {
        page += section_of(explanation, i);
    }
    return page + fmt::format(
                      "</main>\n<footer><p>On the tape, the gradient of the summed loss "
                      "by the scores differs from p \u2212 q by at most {:.0e}.</p>"
                      "</footer>\n</body>\n</html>\n",
                      explanation.largest_difference());
}

}  // namespace g2p
