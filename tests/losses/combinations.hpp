#pragma once

#include <functional>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

// Every combination of the criterion's options that makes sense, for four tokens of five classes.

namespace xtape::combinations {

inline constexpr std::size_t classes = 5;
inline constexpr std::int64_t pad = 0;
inline const Index target = {3, 1, 4, pad};
inline const Array scores = random_array({4, classes}, -3, 3);
inline const Array weight = {1, .5, 2, 0, 3};

struct Options {
    bool has_prior;
    bool has_excluded;
    bool has_weights;
};

/// Calls f for every combination that makes sense. The class 2 is excluded, so that every target has
/// a share, and 0 is PAD.
inline void for_all(const std::function<void(LabelSmoothedCrossEntropy, const Options&)>& f) {
    for (const Convention convention :
         {Convention::uniform, Convention::wrong_classes, Convention::without_padding}) {
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            for (unsigned bits = 0; bits < 8; ++bits) {
                const Options options{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
                LabelSmoothedCrossEntropy c = criterion_with(0.3, pad, reduction, convention);
                if (options.has_prior) {
                    c.prior = Array{0, .5, 0, .25, .25};
                }
                if (options.has_excluded) {
                    c.excluded = {2};
                }
                if (options.has_weights) {
                    c.class_weight = weight;
                }
                CAPTURE(static_cast<int>(convention));
                CAPTURE(static_cast<int>(reduction));
                CAPTURE(bits);
                f(c, options);
            }
        }
    }
}

using Loss = std::function<Variable(const Variable&)>;

/// The gradient of the sum of the losses.
inline Array gradient(const Loss& loss, const Array& at) {
    const Variable x(at);
    Tape tape;
    return tape.gradients(reduce_sum(loss(x)), {x})[0].value();
}

/// What a row of a gradient sums to.
inline double row_sum(const Array& g, std::size_t row) {
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
        sum += g(row, k);
    }
    return sum;
}

}  // namespace xtape::combinations
