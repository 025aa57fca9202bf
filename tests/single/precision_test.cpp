#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/random.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

using namespace xtape;

// What single precision must not lose. The references are computed in double from the same floats.

static_assert(sizeof(Real) == sizeof(float));

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
    TEST_CASE("the criterion over a large vocabulary is right to the last digits") {
        const std::size_t classes = 50257;
        const Variable logits(Random(1).normal({2, classes}, 0, 3));
        const Index target = {5, 40000};
        LabelSmoothedCrossEntropy criterion;
        criterion.smoothing = 0.1;

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
                const double q = 0.1 / static_cast<double>(classes) + (is_target ? 0.9 : 0);
                expected -= q * (double{x[k]} - std::log(sum));
                const double g = std::exp(double{x[k]}) / sum - q;
                worst = std::max(worst, std::abs(double{gradient(i, k)} - g));
            }
        }
        CHECK(std::abs(double{loss.item()} / expected - 1) < 1e-6);
        CHECK(worst < 1e-6);  // a log-probability of 13 has an error of 5e-7, and so has its p
    }
}
