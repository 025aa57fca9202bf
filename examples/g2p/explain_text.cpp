#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "explanation_views.hpp"

namespace g2p {

namespace {

/// nll and smooth as they enter the loss, next to each other; `longest` fills the bar.
std::string bar_of(const Explanation& e, const TokenLoss& token, double longest) {
    constexpr double columns = 11;
    const auto length = [&](double loss) {
        return longest > 0 ? static_cast<std::size_t>(std::lround(columns * loss / longest)) : 0;
    };
    const std::size_t nll = length(e.nll_weight() * token.nll);
    const std::size_t both = length(token.loss);
    return std::string(nll, '#') + std::string(std::max(nll, both) - nll, ':');
}

std::string likeliest_of(const Explanation& e, const TokenLoss& token, std::size_t top) {
    if (token.is_pad()) {
        return "masked, whatever it says";
    }
    std::vector<std::string> said;
    for (const std::size_t k : likeliest(token, top)) {
        said.push_back(fmt::format("{} {:.2f}", e.classes[k], token.p[k]));
    }
    return fmt::format("{}", fmt::join(said, "  "));
}

bool is_wrong(const TokenLoss& token) {
    return !token.is_pad() && likeliest(token, 1)[0] != static_cast<std::size_t>(token.target);
}

std::string line_of(const Explanation& e, const TokenLoss& token, std::size_t step, std::size_t top,
                    double longest) {
    const double p = token.p[static_cast<std::size_t>(token.target)];
    const std::string line = fmt::format(
        "{}{:>3} {:<5} {:>5} {:>6} {:>7} {:>6}  {:<28} {}", is_wrong(token) ? 'x' : ' ', step,
        e.name(token), number_of(p, 3), number_of(token.nll, 3), number_of(token.smooth, 2),
        number_of(token.loss, 3), likeliest_of(e, token, top), bar_of(e, token, longest));
    return line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

std::string table_of(const Explanation& e, const WordLosses& word, std::size_t top,
                     double longest) {
    const Reference& r = word.reference;
    std::string table =
        fmt::format("{}  {}\n{}\n\n", r.graphemes, fmt::join(r.phones, " "), r.origin);
    table += fmt::format("step {:<5} {:>5} {:>6} {:>7} {:>6}  {}\n", "phone", "p", "nll", "smooth",
                         "loss", "likeliest");
    for (std::size_t step = 0; step < word.tokens.size(); ++step) {
        table += line_of(e, word.tokens[step], step + 1, top, longest);
    }
    LossSums sums;
    sums.add(word);
    return table + fmt::format("{:<16} {:>6} {:>7} {:>6}\n\n", "sum", number_of(sums.nll, 3),
                               number_of(sums.smooth, 2), number_of(sums.loss, 3));
}

std::string sums_of(const Explanation& e) {
    LossSums sums;
    for (const WordLosses& word : e.words) {
        sums.add(word);
    }
    const auto tokens = static_cast<double>(sums.tokens);
    return fmt::format(
        "{} tokens, PAD {} (exactly 0): loss {:.3f}, a token {:.3f}; nll a token {:.3f}\n\n",
        sums.tokens, sums.pads, sums.loss, sums.loss / tokens, sums.nll / tokens);
}

/// How to read it.
std::string key_of(const Explanation& e) {
    return fmt::format(
        "loss = {:.4g} nll (#) + {:.4g}/{} smooth (:). nll is -log p of the right phone,\n"
        "smooth the sum of -log p over all {} classes: the surer the model, the larger.\n"
        "So no loss is below {}, its value at p = q. x: another phone is likelier.\n"
        "The gradient by the scores, read from a tape, is p - q within {:.0e}; of PAD 0.\n",
        e.nll_weight(), e.smoothing, e.classes.size(), e.classes.size(),
        number_of(e.least_loss(), 3), e.largest_difference());
}

}  // namespace

std::string number_of(double x, int digits) {
    return x == 0 ? "0" : fmt::format("{:.{}f}", x, digits);
}

std::string text_of(const Explanation& explanation, std::size_t top) {
    std::string text;
    for (const WordLosses& word : explanation.words) {
        text += table_of(explanation, word, top, explanation.largest_loss());
    }
    return text + sums_of(explanation) + key_of(explanation);
}

}  // namespace g2p
