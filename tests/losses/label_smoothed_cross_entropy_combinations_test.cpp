// What is asked for, whatever the options: the smoothed target and how it enters.

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/losses/combinations.hpp"

using namespace xtape;
using namespace xtape::combinations;

namespace {

/// q, one row a token, from the gradient -q w by the log-probabilities.
Array smoothed_target(LabelSmoothedCrossEntropy c) {
    c.class_weight.reset();
    c.reduction = Reduction::sum;
    Array q = gradient([&](const Variable& x) { return c(x, target); }, scores);
    for (Real& v : q) {
        v = -v;
    }
    return q;
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy, whatever its options") {
    TEST_CASE("wants probabilities that sum to 1, none negative, none where there is no share") {
        for_all([](const auto& c, const Options& options) {
            const Array q = smoothed_target(c);
            for (std::size_t i = 0; i < 3; ++i) {
                CHECK(std::abs(row_sum(q, i) - 1) < 1e-15);
                for (std::size_t k = 0; k < classes; ++k) {
                    CHECK(q(i, k) > -1e-16);
                }
                CHECK((q(i, 2) == 0) == (options.has_excluded || options.has_prior));
                const double own = q(i, static_cast<std::size_t>(target(i)));
                CHECK((std::abs(own - 0.7) < 1e-15) == (c.convention != Convention::uniform));
            }
            CHECK(row_sum(q, 3) == 0);
        });
    }
    TEST_CASE("weighs what it wants by class") {
        for_all([](auto c, const Options& options) {
            const Array q = smoothed_target(c);
            c.reduction = Reduction::sum;
            const Array g = gradient([&](const Variable& x) { return c(x, target); }, scores);
            for (std::size_t i = 0; i < 4; ++i) {
                for (std::size_t k = 0; k < classes; ++k) {
                    const double w = options.has_weights ? weight(k) : 1;
                    CHECK(std::abs(g(i, k) + w * q(i, k)) < 1e-15);
                }
            }
        });
    }
    TEST_CASE("reduces one and the same matrix of losses") {
        for_all([](auto c, const Options& options) {
            const double mass = options.has_weights ? weight(3) + weight(1) + weight(4) : 3;
            CHECK(c.mass(target) == mass);
            const Reduction reduction = c.reduction;
            c.reduction = Reduction::none;
            const Variable matrix = c(Variable(scores), target);
            CHECK(matrix.shape() == Shape{4});
            CHECK(matrix.value()(3) == 0);
            c.reduction = reduction;
            const double divisor = reduction == Reduction::mean ? mass : 1;
            CHECK(reduce_sum(c(Variable(scores), target)).item() ==
                  doctest::Approx(reduce_sum(matrix).item() / divisor).epsilon(1e-14));
        });
    }
    TEST_CASE("without weights is the entropy of q at p = q, and more elsewhere") {
        for_all([](auto c, const Options& options) {
            if (options.has_weights) {
                return;
            }
            c.reduction = Reduction::none;
            const Array q = smoothed_target(c);
            Array best = q;
            for (Real& v : best) {
                v = v > 1e-15 ? std::log(v) : -1e3;
            }
            const Array losses = c.from_logits(Variable(best), target).value();
            const Array others = c.from_logits(Variable(scores), target).value();
            for (std::size_t i = 0; i < 3; ++i) {
                double entropy = 0;
                for (std::size_t k = 0; k < classes; ++k) {
                    entropy -= q(i, k) > 1e-15 ? q(i, k) * std::log(q(i, k)) : 0;
                }
                CHECK(losses(i) == doctest::Approx(entropy).epsilon(1e-13));
                CHECK(others(i) > entropy);
            }
        });
    }
}
