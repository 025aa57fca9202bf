#include <xtape/losses/cross_entropy.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/nll.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};

const double log_2 = std::log(2.0);

/// e^x sums to 1 + 1 + 2 and to 3; the last row is PAD.
const Array scores = {{0, 0, log_2}, {0, 0, 0}, {1, 2, 3}};
const Index target = {2, 0, 9};

CrossEntropy cross_entropy(Reduction reduction = Reduction::sum) {
    CrossEntropy loss;
    loss.ignore_index = 9;
    loss.reduction = reduction;
    return loss;
}

}  // namespace

TEST_SUITE("cross_entropy") {
    TEST_CASE("is the log of the sum less the score of the target") {
        const Variable x(scores);
        CHECK(close(cross_entropy(Reduction::none).from_logits(x, target).value(),
                    Array{2 * log_2 - log_2, std::log(3.0), 0}, 1e-15));
        CHECK(cross_entropy().from_logits(x, target).item() ==
              doctest::Approx(std::log(6.0)).epsilon(1e-15));
        CHECK(cross_entropy(Reduction::mean).from_logits(x, target).item() ==
              doctest::Approx(std::log(6.0) / 2).epsilon(1e-15));
        CHECK(cross_entropy().mass(target) == 2);
        CrossEntropy shared = cross_entropy(Reduction::mean);
        shared.normaliser = 10;
        CHECK(shared.from_logits(x, target).item() ==
              doctest::Approx(std::log(6.0) / 10).epsilon(1e-15));
    }
    TEST_CASE("of log-probabilities is -log p") {
        const Variable lprobs(Array{{-1, -2, -3}, {-4, -5, -6}, {-7, -8, -9}});
        CHECK(cross_entropy(Reduction::none)(lprobs, target).value() == Array{3, 4, 0});
    }
    TEST_CASE("is the negative log-likelihood of softmax") {
        const Variable x(random_array({2, 3, 4}, -4, 4));
        const Index t = {{3, 1, 0}, {2, 0, 0}};
        for (const Reduction reduction : reductions) {
            NegativeLogLikelihood other;
            other.ignore_index = 0;
            other.reduction = reduction;
            CrossEntropy loss;
            loss.ignore_index = 0;
            loss.reduction = reduction;
            CHECK(close(loss.from_logits(x, t).value(), other.from_logits(x, t).value(), 1e-14));
        }
    }
    TEST_CASE("pulls by softmax less 1 at the target") {
        const Variable x(scores);
        Tape tape;
        const Variable loss = cross_entropy().from_logits(x, target);
        const double third = 1. / 3;
        CHECK(close(tape.gradients(loss, {x})[0].value(),
                    Array{{.25, .25, -.5}, {third - 1, third, third}, {0, 0, 0}}, 1e-15));
    }
    TEST_CASE("stays finite for scores of ten thousand, and for classes of score -inf") {
        const Variable x(Array{{1e4, -1e4, 0}, {0, -INFINITY, 0}});
        Tape tape;
        const Variable loss = cross_entropy().from_logits(x, Index{1, 2});
        CHECK(loss.item() == doctest::Approx(2e4 + log_2).epsilon(1e-15));
        CHECK(close(tape.gradients(loss, {x})[0].value(), Array{{1, -1, 0}, {.5, 0, -.5}}, 1e-15));
    }
    TEST_CASE("does not look into rows of PAD") {
        for (const double junk : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
            Array numbers = scores;
            numbers(2, 0) = numbers(2, 1) = junk;
            const Variable x(numbers);
            Tape tape;
            const Variable loss = cross_entropy().from_logits(x, target);
            CHECK(loss.item() == doctest::Approx(std::log(6.0)).epsilon(1e-15));
            const Array g = tape.gradients(loss, {x})[0].value();
            for (std::size_t k = 0; k < 3; ++k) {
                CHECK(g(2, k) == 0);
            }
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Reduction reduction : reductions) {
            const Function f = [&](const auto& in) {
                return cross_entropy(reduction).from_logits(in[0], target);
            };
            CHECK_GRADIENT(f, {scores});
            CHECK_SECOND_GRADIENT(f, {scores});
        }
    }
    TEST_CASE("writes no log-probabilities down") {
        const Variable x(scores);
        CHECK(operators_of([&] {
                  cross_entropy().from_logits(x, Index{2, 0, 1});
              }) == Names{"Gather", "LogSumExp", "Sub", "Add", "ReduceSum"});
        CHECK(operators_of([&] { cross_entropy().from_logits(x, target); }).front() == "Embedding");
    }
    TEST_CASE("refuses other targets, shapes and normalisers") {
        const Variable x(scores);
        CHECK_THROWS_WITH_AS(
            cross_entropy().from_logits(x, Index{0, 3, 0}),
            "cross_entropy: target 3 at [1] is outside [0, 3) and is not the ignored 9",
            IndexError);
        CHECK_THROWS_WITH_AS(
            cross_entropy()(x, Index{0, 1}),
            "cross_entropy: the target has shape [2] and the log-probabilities [3, "
            "3]; it must be [3] or [3, 1]",
            ShapeError);
        CrossEntropy loss = cross_entropy();
        loss.normaliser = 2;
        CHECK_THROWS_WITH_AS(loss.from_logits(x, target),
                             "cross_entropy: normaliser 2 is set and nothing is divided; it goes "
                             "with Reduction::mean",
                             ValueError);
    }
}
