#include <xtape/losses/detail/alignment.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

Shape followed_by_1(Shape tokens) {
    tokens.push_back(1);
    return tokens;
}

/// The axes of the scores without the classes.
Shape tokens_of(const char* op, const Shape& scores) {
    if (scores.size() == 0) {
        throw ShapeError(text(op,
                              ": the log-probabilities are a single number; they need a last "
                              "axis of classes"));
    }
    return Shape(scores.begin(), scores.end() - 1);
}

Alignment nothing_aligned(const Shape& tokens) {
    const Shape column = followed_by_1(tokens);
    return {Index(column, 0), Mask(column, false), tokens, 0};
}

}  // namespace

Alignment align(const char* op, const Index& target, const Shape& scores,
                const std::optional<std::int64_t>& ignore_index) {
    const Shape tokens = tokens_of(op, scores);
    if (target.shape() != tokens && target.shape() != followed_by_1(tokens)) {
        throw ShapeError(text(op, ": the target has shape ", target.shape(),
                              " and the log-probabilities ", scores, "; it must be ", tokens,
                              " or ", followed_by_1(tokens)));
    }
    Alignment aligned = nothing_aligned(tokens);
    for (std::size_t i = 0; i < target.size(); ++i) {
        const std::int64_t k = target.data()[i];
        const bool is_pad = ignore_index && k == *ignore_index;
        if (!is_pad) {
            require_class(op, target, i, scores.back(), ignore_index);
        }
        aligned.index.data()[i] = is_pad ? 0 : k;
        aligned.pad.data()[i] = is_pad;
        aligned.count += is_pad ? 0 : 1;
    }
    return aligned;
}

Alignment align(const char* op, const Array& distribution, const Shape& scores) {
    const Shape tokens = tokens_of(op, scores);
    if (distribution.shape() != scores) {
        throw ShapeError(text(op, ": the distribution has shape ", distribution.shape(),
                              " and the log-probabilities ", scores, "; they must be the same"));
    }
    Alignment aligned = nothing_aligned(tokens);
    const std::size_t classes = scores.back();
    for (std::size_t i = 0; i < aligned.pad.size(); ++i) {
        const Real* const row = distribution.data() + i * classes;
        const bool is_pad = std::all_of(row, row + classes, [](Real q) { return q == 0; });
        if (!is_pad) {
            require_sum_of_one(op, text("the distribution at ", place_of(i, tokens)), row, classes);
        }
        aligned.pad.data()[i] = is_pad;
        aligned.count += is_pad ? 0 : 1;
    }
    return aligned;
}

std::size_t count_of(const Index& target, const std::optional<std::int64_t>& ignore_index) {
    const auto ignored = ignore_index ? std::count(target.begin(), target.end(), *ignore_index) : 0;
    return target.size() - static_cast<std::size_t>(ignored);
}

void require_class(const char* op, const Index& target, std::size_t i, std::size_t classes,
                   const std::optional<std::int64_t>& ignore_index) {
    const std::int64_t k = target.data()[i];
    if (k < 0 || static_cast<std::uint64_t>(k) >= classes) {
        throw IndexError(text(
            op, ": target ", k, " at ", place_of(i, target.shape()), " is outside [0, ", classes,
            ")", ignore_index ? text(" and is not the ignored ", *ignore_index) : std::string()));
    }
}

void require_sum_of_one(const char* op, const std::string& what, const Real* numbers,
                        std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        if (!(numbers[k] >= 0)) {
            throw ValueError(text(op, ": ", what, " gives ", numbers[k], " to class ", k,
                                  "; no probability is negative or nan"));
        }
    }
    const double sum = std::accumulate(numbers, numbers + count, 0.0);
    const double rounding = 8 * static_cast<double>(count) * std::numeric_limits<Real>::epsilon();
    if (!(std::abs(sum - 1) <= rounding)) {
        throw ValueError(text(op, ": ", what, " sums to ", sum, "; it must sum to 1"));
    }
}

}  // namespace xtape
