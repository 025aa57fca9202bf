#include "metrics.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <xtape/core/errors.hpp>

namespace g2p {

using namespace xtape;

namespace {

double percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

// d(i, j), between the first i phones of a and the first j of b, is the least of
//     d(i-1, j) + 1, d(i, j-1) + 1 and d(i-1, j-1) + [a_i != b_j],   with d(i, 0) = i, d(0, j) = j.
// Row i replaces row i-1 from left to right, so only one d(i-1, j-1) has to be kept aside.
std::size_t edit_distance(const Phones& a, const Phones& b) {
    std::vector<std::size_t> d(b.size() + 1);
    std::iota(d.begin(), d.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = d[0];
        d[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = d[j];
            d[j] = std::min({d[j] + 1, d[j - 1] + 1, replaced});
        }
    }
    return d[b.size()];
}

void Score::add(const Phones& hypothesis, const std::vector<Phones>& references) {
    if (references.empty()) {
        throw ValueError(text("Score: word ", words, " has 0 references; it needs at least 1"));
    }
    std::size_t fewest = edit_distance(hypothesis, references[0]);
    std::size_t length = references[0].size();
    for (const Phones& reference : references) {
        const std::size_t distance = edit_distance(hypothesis, reference);
        if (distance < fewest || (distance == fewest && reference.size() > length)) {
            fewest = distance;
            length = reference.size();
        }
    }
    words += 1;
    wrong += fewest == 0 ? 0 : 1;
    edits += fewest;
    reference_phones += length;
}

double Score::wer() const {
    return percent(wrong, words);
}

double Score::per() const {
    return percent(edits, reference_phones);
}

std::string summary(const Score& score) {
    return fmt::format("WER {:.2f} PER {:.2f}", score.wer(), score.per());
}

}  // namespace g2p
