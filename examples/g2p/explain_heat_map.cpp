#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "explain_html.hpp"

namespace g2p {

namespace {

enum class Scale { one_sided, two_sided };

/// One of the three maps: what is drawn, and how it is said.
struct Map {
    const char* name;
    std::string caption;
    std::vector<double> TokenLoss::*numbers;
    Scale scale;
};

std::vector<Map> maps_of(const Explanation& e) {
    const std::string v = std::to_string(e.classes.size());
    return {{"p", "what the model says", &TokenLoss::p, Scale::one_sided},
            {"q",
             fmt::format("what it should say: {:.4g} for the target and {:.4g} shared by all {} "
                         "classes",
                         e.nll_weight(), e.smoothing, v),
             &TokenLoss::q, Scale::one_sided},
            {"p \u2212 q",
             "the gradient of the loss by the scores, as the tape gave it. Training turns "
             "scores down where it is above 0 and up where it is below",
             &TokenLoss::gradient, Scale::two_sided}};
}

/// The largest number of each shade: in about equal ratios, so that small ones are seen too.
constexpr std::array<double, 11> shades = {5e-5, 0.001, 0.003, 0.01, 0.03, 0.1,
                                           0.2,  0.4,   0.6,   0.8,  1};

/// s0 is the colour of paper, s10 the strongest; u is above 0, d below.
std::string colour_of(double x, Scale scale) {
    const auto shade = std::lower_bound(shades.begin(), shades.end() - 1, std::abs(x));
    const char* const side = scale == Scale::one_sided ? "" : x > 0 ? "u " : "d ";
    return fmt::format("{}s{}", side, shade - shades.begin());
}

/// In hundredths, if it is as much as one: "93", "+7", "-12" with a true minus.
std::string hundredths(double x, Scale scale) {
    const long rounded = std::lround(100 * std::abs(x));
    const char* const sign = scale == Scale::one_sided ? "" : x > 0 ? "+" : "\u2212";
    return rounded == 0 ? "" : sign + std::to_string(rounded);
}

std::string cell_of(const Explanation& e, const TokenLoss& token, std::size_t k, const Map& map) {
    const double x = (token.*map.numbers)[k];
    if (token.is_pad()) {
        return fmt::format("<td class=\"pad\">{:.3g}</td>", x);
    }
    const bool is_target = k == static_cast<std::size_t>(token.target);
    return fmt::format(
        "<td class=\"{}{}\" title=\"{}: p {:.6f}, q {:.6f}, p \u2212 q {:+.6f}\">{}</td>",
        colour_of(x, map.scale), is_target ? " target" : "", escaped(e.classes[k]), token.p[k],
        token.q[k], token.gradient[k], hundredths(x, map.scale));
}

std::string row_of(const Explanation& e, const TokenLoss& token, std::size_t step, const Map& map) {
    std::string row = fmt::format("<tr><th scope=\"row\"><small>{}</small> {}</th>", step,
                                  escaped(e.name(token)));
    for (std::size_t k = 0; k < e.classes.size(); ++k) {
        row += cell_of(e, token, k, map);
    }
    return row + "</tr>\n";
}

/// Names that are wide stand upright.
std::string head_of(const Explanation& e) {
    std::string head = "<thead><tr><th scope=\"col\">target</th>";
    for (const std::string& name : e.classes) {
        head += fmt::format("<th scope=\"col\"><span{}>{}</span></th>",
                            split_letters(name, "phone").size() > 2 ? " class=\"tall\"" : "",
                            escaped(name));
    }
    return head + "</tr></thead>\n";
}

std::string map_of(const Explanation& e, const WordLosses& word, const Map& map) {
    std::string rows;
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        rows += row_of(e, word.tokens[step], step + 1, map);
    }
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0} of {1}\">\n"
        "<table class=\"map\"><caption><b>{0}</b>, {2}.</caption>\n{3}<tbody>{4}</tbody></table>"
        "</div>\n",
        map.name, escaped(word.reference.graphemes), map.caption, head_of(e), rows);
}

/// A shade, and the largest number it stands for, in hundredths.
std::string swatch(int shade, Scale scale) {
    const double x = shade == 0 ? 0 : shades[static_cast<std::size_t>(std::abs(shade))];
    const double signed_x = shade < 0 ? -x : x;
    return fmt::format("<td class=\"{}\">{}{:.3g}</td>", colour_of(signed_x, scale),
                       shade < 0                                ? "\u2212"
                       : shade > 0 && scale == Scale::two_sided ? "+"
                                                                : "",
                       100 * x);
}

}  // namespace

std::string heat_maps_of(const Explanation& explanation, const WordLosses& word) {
    std::string maps;
    for (const Map& map : maps_of(explanation)) {
        maps += map_of(explanation, word, map);
    }
    return maps;
}

std::string heat_map_legend() {
    std::string one_sided, two_sided;
    for (int shade = -10; shade <= 10; ++shade) {
        one_sided += shade < 0 ? "" : swatch(shade, Scale::one_sided);
        two_sided += swatch(shade, Scale::two_sided);
    }
    return fmt::format(
        "<h2>The heat maps</h2>\n"
        "<p>Rows are steps, columns the classes that the model chooses from; the framed cell is "
        "the target. Numbers are hundredths; exact ones show on hovering and are listed after "
        "each word. Hatched rows are PAD: masked, exactly 0 whatever the model says.</p>\n"
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Shades\">\n"
        "<table class=\"map legend\"><caption>Shades, in hundredths up to</caption><tbody>\n"
        "<tr><th scope=\"row\">p, q</th>{}</tr>\n"
        "<tr><th scope=\"row\">p \u2212 q</th>{}</tr>\n</tbody></table></div>\n",
        one_sided, two_sided);
}

}  // namespace g2p
