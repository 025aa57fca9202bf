// What holds whatever the options: conventions, prior, excluded classes, weights, PAD and reductions.

#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

constexpr std::size_t classes = 5;
constexpr std::int64_t pad = 0;
const Index target = {3, 1, 4, pad};
const Array scores = random_array({4, classes}, -3, 3);
const Array weight = {1, .5, 2, 0, 3};

struct Options {
    bool has_prior;
    bool has_excluded;
    bool has_weights;
};

/// Calls f for every combination that makes sense. The class 2 is excluded, so that every target has
/// a share, and 0 is PAD.
void for_all(const std::function<void(LabelSmoothedCrossEntropy, const Options&)>& f) {
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
Array gradient(const Loss& loss, const Array& at) {
    const Variable x(at);
    Tape tape;
    return tape.gradients(reduce_sum(loss(x)), {x})[0].value();
}

/// What a row of a gradient sums to.
double row_sum(const Array& g, std::size_t row) {
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
        sum += g(row, k);
    }
    return sum;
}

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
    TEST_CASE("has gradients by the logits that sum to 0 in each row") {
        for_all([](const auto& c, const Options&) {
            const Array g =
                gradient([&](const Variable& x) { return c.from_logits(x, target); }, scores);
            for (std::size_t i = 0; i < 4; ++i) {
                CHECK(std::abs(row_sum(g, i)) < 1e-14);
            }
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
