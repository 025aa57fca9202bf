#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// Which of ten shades, by the square root: so that small numbers are seen too.
int shade_of(double x) {
    return std::min(10, static_cast<int>(std::ceil(10 * std::sqrt(std::abs(x)) - 1e-3)));
}

/// s0 is the colour of paper; u is above 0, d below.
std::string colour_of(double x, Scale scale) {
    const int shade = std::abs(x) < 5e-5 ? 0 : shade_of(x);
    const char* const side = scale == Scale::one_sided ? "" : x > 0 ? "u " : "d ";
    return fmt::format("{}s{}", shade == 0 ? "" : side, shade);
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
                            name.size() > 2 ? " class=\"tall\"" : "", escaped(name));
    }
    return head + "</tr></thead>\n";
}

std::string map_of(const Explanation& e, const WordLosses& word, std::size_t number,
                   const Map& map) {
    std::string rows;
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        rows += row_of(e, word.tokens[step], step + 1, map);
    }
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0} of word {1}\">\n"
        "<table class=\"map\"><caption><b>{0}</b>, {2}.</caption>\n{3}<tbody>{4}</tbody></table>"
        "</div>\n",
        map.name, number, map.caption, head_of(e), rows);
}

/// A shade, and the largest number it stands for.
std::string swatch(int shade, Scale scale) {
    const double x = shade * std::abs(shade) / 100.0;
    return fmt::format("<td class=\"{}\">{}</td>", colour_of(x, scale),
                       shade == 0 ? "0" : hundredths(x, scale));
}

}  // namespace

std::string heat_maps_of(const Explanation& explanation, const WordLosses& word,
                         std::size_t number) {
    std::string maps;
    for (const Map& map : maps_of(explanation)) {
        maps += map_of(explanation, word, number, map);
    }
    return maps;
}

std::string heat_map_legend() {
    std::string one_sided, two_sided;
    for (int shade = -10; shade <= 10; ++shade) {
        one_sided += shade < 0 ? "" : swatch(shade, Scale::one_sided);
        two_sided += swatch(shade, Scale::two_sided);
    }
    const auto row = [](const char* name, const std::string& cells) {
        return fmt::format(
            "<table class=\"map legend\"><tbody><tr><th scope=\"row\">{}</th>{}</tr>"
            "</tbody></table>\n",
            name, cells);
    };
    return row("p, q", one_sided) + row("p \u2212 q", two_sided);
}

}  // namespace g2p
