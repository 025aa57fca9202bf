#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include <xtape/core/random.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/gelu.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

using namespace xtape;

// What single precision must not lose. The references are computed in double from the same floats.

static_assert(sizeof(Real) == sizeof(float));

namespace {

constexpr double smoothing = 0.1;

/// The largest error of the criterion over this many classes: relative, of the loss, and absolute, of
/// its gradient.
double error_of_criterion(std::size_t classes) {
    const Variable logits(Random(1).normal({2, classes}, 0, 3));
    const Index target = {5, static_cast<std::int64_t>(classes) - 2};
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = smoothing;
    Tape tape;
    const Variable loss = criterion.from_logits(logits, target);
    const Array gradient = tape.gradients(loss, {logits})[0].value();

    double expected = 0;
    double worst = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const float* x = logits.value().data() + i * classes;
        double sum = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            sum += std::exp(double{x[k]});
        }
        for (std::size_t k = 0; k < classes; ++k) {
            const bool is_target = static_cast<std::int64_t>(k) == target(i);
            const double q =
                smoothing / static_cast<double>(classes) + (is_target ? 1 - smoothing : 0);
            expected -= q * (double{x[k]} - std::log(sum));
            worst = std::max(worst,
                             std::abs(double{gradient(i, k)} - (std::exp(double{x[k]}) / sum - q)));
        }
    }
    return std::max(worst, std::abs(double{loss.item()} / expected - 1));
}

}  // namespace

TEST_SUITE("in single precision") {
    TEST_CASE("sums of ten million terms keep their digits, along every axis") {
        const std::size_t n = 10000000;
        const double exact = static_cast<double>(n) * double{0.1F};
        const auto error = [&](const Variable& x) {
            return std::abs(double{reduce_sum(x).item()} / exact - 1);
        };
        CHECK(error(Variable(Array(Shape{n}, 0.1F))) < 1e-6);
        CHECK(error(Variable(Array(Shape{n / 4, 4}, 0.1F))) < 1e-6);
        const Variable columns = reduce_sum(Variable(Array(Shape{n / 4, 4}, 0.1F)), {0});
        for (const float sum : columns.value()) {
            CHECK(std::abs(double{sum} / (exact / 4) - 1) < 1e-6);
        }
    }
    TEST_CASE("ten thousand terms that meet in one place keep their digits, in every run") {
        const std::size_t n = 10000;
        const Variable x(Random(1).uniform({n}, 0, 1));
        const Index index(Shape{n}, 0);
        const double exact = std::accumulate(x.value().begin(), x.value().end(), 0.0);
        const float once = scatter_add(x, 0, index, {1}).value()(0);
        CHECK(std::abs(double{once} / exact - 1) < 1e-5);
        CHECK(scatter_add(x, 0, index, {1}).value()(0) == once);
    }
    TEST_CASE("the criterion over a vocabulary of any size is right to the last digits") {
        for (const std::size_t classes :
             {std::size_t{37}, std::size_t{50257}, std::size_t{200003}}) {
            CAPTURE(classes);
            CHECK(error_of_criterion(classes) < 1e-6);  // a log-probability of 13 is off by 5e-7
        }
    }
    TEST_CASE("exp is right to two units in the last place, and at both ends of its range") {
        const std::size_t n = 200001;
        Array x = Array::from_shape({n});
        for (std::size_t i = 0; i < n; ++i) {
            x(i) = static_cast<float>(-87 + 175.7 * static_cast<double>(i) / n);
        }
        const Array y = exp(Variable(x)).value();
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double exact = std::exp(double{x(i)});
            worst = std::max(worst, std::abs(double{y(i)} / exact - 1));
        }
        CHECK(worst < 2 * 1.2e-7);
        const float infinity = std::numeric_limits<float>::infinity();
        const Array ends = exp(Variable(Array{-infinity, -200, 0, 89, infinity, NAN})).value();
        CHECK(ends(0) == 0);
        CHECK(ends(1) == 0);
        CHECK(ends(2) == 1);
        CHECK(ends(3) == infinity);
        CHECK(ends(4) == infinity);
        CHECK(std::isnan(ends(5)));
    }
    TEST_CASE("gelu is right to the last digits, far below 0 as well, and so is its gradient") {
        const std::size_t n = 200001;
        Array numbers = Array::from_shape({n});
        for (std::size_t i = 0; i < n; ++i) {
            numbers(i) = static_cast<float>(-12.8 + 25.6 * static_cast<double>(i) / n);
        }
        const Variable x(numbers);
        Tape tape;
        const Variable y = gelu(x);
        const Array slope = tape.gradients(y, Variable(Array(x.shape(), 1)), {x})[0].value();
        bool all_right = true;
        for (std::size_t i = 0; i < n; ++i) {
            const double v = x.value()(i);
            const double below = std::erfc(-v * std::sqrt(0.5)) / 2;
            const double part = v * std::exp(-v * v / 2) / std::sqrt(2 * std::acos(-1.0));
            const double error = std::abs(double{y.value()(i)} - v * below) / std::abs(v * below);
            // The slope is 0 near -0.75: what is left there are errors of its terms.
            const double error_of_slope =
                std::abs(double{slope(i)} - (below + part)) / (below + std::abs(part));
            const double limit = std::abs(v) < 4 ? 6e-7 : 5e-6;  // 5 digits without fused products
            all_right = all_right && error < limit && error_of_slope < limit;
        }
        CHECK(all_right);
        const float infinity = std::numeric_limits<float>::infinity();
        const Array ends = gelu(Variable(Array{-40, 0, 40, infinity, NAN})).value();
        CHECK(ends(0) == 0);
        CHECK(ends(1) == 0);
        CHECK(ends(2) == 40);
        CHECK(ends(3) == infinity);
        CHECK(std::isnan(ends(4)));
    }
    TEST_CASE("a share of nearly everything is right to its last digits") {
        const Variable x(Array{{10000, 9990, 9980}, {0, -100, -1000}});
        const Array y = log_softmax(x, -1).value();
        CHECK(y(0, 0) == doctest::Approx(-std::log1p(std::exp(-10) + std::exp(-20))).epsilon(1e-5));
        CHECK(y(1, 0) == 0);
        LabelSmoothedCrossEntropy criterion;
        criterion.smoothing = 0;
        const float loss = criterion.from_logits(x, {0, 0}).item();
        CHECK(loss == doctest::Approx(-double{y(0, 0)}).epsilon(1e-5));
    }
}
