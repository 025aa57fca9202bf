// What the gradients are like, whatever the options.

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/losses/combinations.hpp"

using namespace xtape;
using namespace xtape::combinations;

TEST_SUITE("label_smoothed_cross_entropy, whatever its options") {
    TEST_CASE("has gradients by the logits that sum to 0 in each row") {
        for_all([](const auto& c, const Options&) {
            const Array g =
                gradient([&](const Variable& x) { return c.from_logits(x, target); }, scores);
            for (std::size_t i = 0; i < 4; ++i) {
                CHECK(std::abs(row_sum(g, i)) < 1e-14);
            }
        });
    }
    TEST_CASE("without weights bends by diag(p) - p p', whatever eps") {
        const Array p = [] {
            Array lprobs = log_softmax(Variable(scores), -1).value();
            for (Real& v : lprobs) {
                v = std::exp(v);
            }
            return lprobs;
        }();
        for_all([&](auto c, const Options& options) {
            if (options.has_weights || c.reduction != Reduction::sum) {
                return;
            }
            for (const double eps : {0.0, 0.3, 1.0}) {
                c.smoothing = eps;
                const Variable x(scores);
                Tape outer;
                Variable g = [&] {
                    Tape inner;
                    return inner.gradients(c.from_logits(x, target), {x})[0];
                }();
                Array e(Shape{4, classes}, 0);
                e(1, 2) = 1;
                const Array column = outer.gradients(g, e, {x})[0].value();
                for (std::size_t k = 0; k < classes; ++k) {
                    const double expected = (k == 2 ? p(1, 2) : 0) - p(1, 2) * p(1, k);
                    CHECK(std::abs(column(1, k) - expected) < 1e-15);
                    CHECK(column(0, k) == 0);
                }
            }
        });
    }
    TEST_CASE("does not look into rows of PAD") {
        for_all([](const auto& c, const Options&) {
            const auto run = [&](double junk) {
                Array x = scores;
                for (std::size_t k = 0; k < classes; ++k) {
                    x(3, k) = k == 2 ? 1e308 : junk;
                }
                const Array g =
                    gradient([&](const Variable& at) { return c.from_logits(at, target); }, x);
                CHECK(row_sum(g, 3) == 0);
                return std::pair(c.from_logits(Variable(x), target).value(), g);
            };
            const auto [loss, g] = run(0);
            for (const double junk : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
                const auto [other_loss, other_g] = run(junk);
                CHECK(same_bits(loss, other_loss));
                CHECK(same_bits(g, other_g));
            }
        });
    }
    TEST_CASE("lets micro-batches add up with the normaliser of all") {
        for_all([](auto c, const Options&) {
            if (c.reduction != Reduction::mean) {
                return;
            }
            const double whole = c.from_logits(Variable(scores), target).item();
            c.normaliser = c.mass(target);
            double sum = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                Array row = Array::from_shape({1, classes});
                std::copy_n(scores.data() + i * classes, classes, row.data());
                sum += c.from_logits(Variable(row), Index{target(i)}).item();
            }
            CHECK(sum == doctest::Approx(whole).epsilon(1e-12));
        });
    }
    TEST_CASE("has the right first and second derivatives") {
        for_all([](auto c, const Options&) {
            const Function linear = [&](const auto& in) { return c(in[0], target); };
            CHECK_GRADIENT(linear, {scores}, {Stencil::linear});
            CHECK_SECOND_GRADIENT(linear, {scores}, {Stencil::linear});
            c.z_loss = 0.1;
            const Function smooth = [&](const auto& in) { return c.from_logits(in[0], target); };
            CHECK_GRADIENT(smooth, {scores});
            CHECK_SECOND_GRADIENT(smooth, {scores});
        });
    }
}
