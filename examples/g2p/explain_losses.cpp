#include <fmt/format.h>

#include "explain_html.hpp"
#include "explanation_views.hpp"

namespace g2p {

namespace {

std::string matrix_row(const Explanation& e, const WordLosses& word, std::size_t index,
                       double longest) {
    std::string row =
        fmt::format("<tr><th scope=\"row\"><a href=\"#word{}\"><bdi>{}</bdi></a></th>", index + 1,
                    escaped(word.reference.graphemes));
    for (const TokenLoss& token : word.tokens) {
        row += fmt::format("<td class=\"{}\" style=\"--v:{:.0f}%\"><small>{}</small> {}</td>",
                           token.is_pad() ? "pad" : "shaded",
                           longest > 0 ? 36 * token.loss / longest : 0, escaped(e.name(token)),
                           number_of(token.loss, 3));
    }
    LossSums sums;
    sums.add(word);
    return row + fmt::format("<td class=\"sum\">{}</td></tr>\n", number_of(sums.loss, 3));
}

std::string loss_row(const Explanation& e, const TokenLoss& token, std::size_t step,
                     double longest) {
    const auto percent = [&](double loss) { return longest > 0 ? 100 * loss / longest : 0; };
    return fmt::format(
        "<tr{}><th scope=\"row\"><small>{}</small> {}</th><td>{}</td><td>{}</td><td>{}</td>"
        "<td><b>{}</b></td><td class=\"bar\" style=\"--least:{:.2f}%\"><i class=\"nll\" "
        "style=\"width:{:.2f}%\"></i><i class=\"smooth\" style=\"width:{:.2f}%\"></i></td></tr>\n",
        token.is_pad() ? " class=\"pad\"" : "", step, escaped(e.name(token)),
        number_of(token.p[static_cast<std::size_t>(token.target)], 3), number_of(token.nll, 3),
        number_of(token.smooth, 2), number_of(token.loss, 3), percent(e.least_loss()),
        percent(e.nll_weight() * token.nll), percent(e.smooth_weight() * token.smooth));
}

}  // namespace

std::string loss_matrix_of(const Explanation& e) {
    std::string steps, rows;
    for (std::size_t step = 1; step <= e.words.front().tokens.size(); ++step) {
        steps += fmt::format("<th scope=\"col\">{}</th>", step);
    }
    LossSums sums;
    for (std::size_t i = 0; i < e.words.size(); ++i) {
        rows += matrix_row(e, e.words[i], i, e.largest_loss());
        sums.add(e.words[i]);
    }
    return fmt::format(
        "<h2>The loss matrix</h2>\n"
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"The loss matrix\">\n"
        "<table class=\"matrix\"><caption>The criterion, not reduced: the loss of every token, "
        "beside the phone it should have been. {} tokens count, {} of PAD are exactly 0. Sum "
        "{:.3f}, a token {:.3f}.</caption>\n<thead><tr><th scope=\"col\">word</th>{}<th "
        "scope=\"col\">sum</th></tr>"
        "</thead>\n<tbody>{}</tbody></table></div>\n",
        sums.tokens, sums.pads, sums.loss, sums.loss / static_cast<double>(sums.tokens), steps,
        rows);
}

std::string losses_of(const Explanation& e, const WordLosses& word) {
    std::string rows;
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        rows += loss_row(e, word.tokens[step], step + 1, e.largest_loss());
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
        e.nll_weight(), e.smoothing, e.classes.size(), e.least_loss(), rows, number_of(sums.nll, 3),
        number_of(sums.smooth, 2), number_of(sums.loss, 3));
}

}  // namespace g2p
