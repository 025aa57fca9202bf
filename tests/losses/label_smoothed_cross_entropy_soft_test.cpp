// Distributions as targets.

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/log_softmax.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The last row is PAD.
const Array soft = {{.5, .5, 0, 0}, {0, 0, .25, .75}, {0, 0, 0, 0}};
const Array numbers = {{-1, -2, -3, -4}, {-4, -2, -3, -1}, {-1, -1, -1, -1}};
const Variable lprobs(numbers);

const LabelSmoothedCrossEntropy weighed = [] {
    LabelSmoothedCrossEntropy criterion = criterion_with(0.4);
    criterion.class_weight = Array{1, 2, 0, 4};
    criterion.excluded = {3};
    return criterion;
}();

Array with_padding(Array x, double number) {
    for (std::size_t k = 0; k < 4; ++k) {
        x(2, k) = k == 1 ? 1e308 : number;
    }
    return x;
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy of distributions") {
    TEST_CASE("is the cross entropy, mixed with a uniform one") {
        // .5 * 1 + .5 * 2 and .25 * 3 + .75 * 1; smooth is 10 and 10 over 4 classes
        CHECK(criterion_with(0)(lprobs, soft).item() == 1.5 + 1.5);
        CHECK(criterion_with(0.4)(lprobs, soft).item() ==
              doctest::Approx(0.6 * 3 + 0.1 * 20).epsilon(1e-15));
        CHECK(close(criterion_with(0.4, {}, Reduction::none)(lprobs, soft).value(),
                    Array{1.9, 1.9, 0}, 1e-15));
    }
    TEST_CASE("averages over the rows that are not 0") {
        CHECK(criterion_with(0.4, {}, Reduction::mean)(lprobs, soft).item() ==
              doctest::Approx(1.9).epsilon(1e-15));
        CHECK(criterion_with(0.4).mass(soft) == 2);
        CHECK(weighed.mass(soft) == .5 * 1 + .5 * 2 + .75 * 4);
    }
    TEST_CASE("pulls by (1 - eps) of the distribution and by eps u") {
        Tape tape;
        const Variable loss = criterion_with(0.4)(lprobs, soft);
        CHECK(close(tape.gradients(loss, {lprobs})[0].value(),
                    Array{{-.4, -.4, -.1, -.1}, {-.1, -.1, -.25, -.55}, {0, 0, 0, 0}}, 1e-15));
    }
    TEST_CASE("of a class alone is what that class gives") {
        const Array one_hot = {{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}};
        const Index target = {1, 0, 7};
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            LabelSmoothedCrossEntropy criterion = weighed;
            criterion.ignore_index = 7;
            criterion.reduction = reduction;
            CHECK(close(criterion(lprobs, one_hot).value(), criterion(lprobs, target).value(),
                        1e-15));
            CHECK(close(criterion.from_logits(lprobs, one_hot).value(),
                        criterion.from_logits(lprobs, target).value(), 1e-15));
            CHECK(criterion.mass(one_hot) == criterion.mass(target));
        }
    }
    TEST_CASE("stays finite where q is 0 and log p -inf") {
        Array x = numbers;
        x(0, 3) = -infinity;
        for (const double eps : {0.0, 0.4, 1.0}) {
            LabelSmoothedCrossEntropy criterion = criterion_with(eps);
            criterion.excluded = {3};
            const Variable at(x);
            Tape tape;
            const Variable loss = criterion(at, soft);
            CHECK(std::isfinite(loss.item()));
            CHECK(tape.gradients(loss, {at})[0].value()(0, 3) == 0);
        }
        x(1, 3) = -infinity;  // which the second row wants, but for smoothing 1
        LabelSmoothedCrossEntropy all_smoothed = criterion_with(1);
        all_smoothed.excluded = {3};
        CHECK(std::isfinite(all_smoothed(Variable(x), soft).item()));
        CHECK(criterion_with(0)(Variable(x), soft).item() == infinity);
    }
    TEST_CASE("does not look into rows of PAD, and gives them no gradient") {
        const auto run = [&](double junk, bool from_logits) {
            const Variable x(with_padding(numbers, junk));
            Tape tape;
            const Variable loss = from_logits ? weighed.from_logits(x, soft) : weighed(x, soft);
            return std::pair(loss.value(), tape.gradients(loss, {x})[0].value());
        };
        for (const bool from_logits : {false, true}) {
            const auto [loss, gradient] = run(0, from_logits);
            for (const double junk : {not_a_number, infinity, -infinity, 1e308}) {
                const auto [other_loss, other_gradient] = run(junk, from_logits);
                CHECK(same_bits(loss, other_loss));
                CHECK(same_bits(gradient, other_gradient));
                CHECK(gradient(2, 1) == 0);
            }
        }
    }
    TEST_CASE("from logits has the gradient softmax - q, and 0 for PAD") {
        const Variable logits(random_array({3, 4}));
        Tape tape;
        const Variable loss = criterion_with(0.4).from_logits(logits, soft);
        const Array g = tape.gradients(loss, {logits})[0].value();
        const Array p = log_softmax(logits, -1).value();
        for (std::size_t k = 0; k < 4; ++k) {
            CHECK(std::abs(g(0, k) - (std::exp(p(0, k)) - .6 * soft(0, k) - .1)) < 1e-15);
            CHECK(g(2, k) == 0);
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            LabelSmoothedCrossEntropy criterion = weighed;
            criterion.reduction = reduction;
            const Function linear = [&](const auto& in) { return criterion(in[0], soft); };
            CHECK_GRADIENT(linear, {numbers}, {Stencil::linear});
            CHECK_SECOND_GRADIENT(linear, {numbers}, {Stencil::linear});
            criterion.z_loss = 0.1;
            const Function f = [&](const auto& in) { return criterion.from_logits(in[0], soft); };
            CHECK_GRADIENT(f, {numbers});
            CHECK_SECOND_GRADIENT(f, {numbers});
        }
    }
    TEST_CASE("is composed of basic operators") {
        CHECK(operators_of([] { criterion_with(0.4)(lprobs, soft); }) ==
              std::vector<std::string>{"MaskedFill", "Mul", "ReduceSum", "Neg", "ReduceSum",
                                       "ReduceSum", "Neg", "MaskedFill", "ReduceSum", "Scale",
                                       "Scale", "Add"});
    }

    TEST_CASE("refuses rows that are none") {
        const auto with_number = [](std::size_t i, std::size_t k, double q) {
            Array rows = soft;
            rows(i, k) = q;
            return message_of([&] { criterion_with(0.1)(lprobs, rows); });
        };
        CHECK(
            with_number(1, 2, .5) ==
            "label_smoothed_cross_entropy: the distribution at [1] sums to 1.25; it must sum to 1");
        CHECK(with_number(0, 2, -.25) ==
              "label_smoothed_cross_entropy: the distribution at [0] gives -0.25 to class 2; no "
              "probability is negative or nan");
        CHECK(with_number(2, 0, not_a_number) ==
              "label_smoothed_cross_entropy: the distribution at [2] gives nan to class 0; no "
              "probability is negative or nan");
        CHECK_THROWS_WITH_AS(criterion_with(0.1)(lprobs, Array{.25, .25, .25, .25}),
                             "label_smoothed_cross_entropy: the distribution has shape [4] and the "
                             "log-probabilities [3, 4]; they must be the same",
                             ShapeError);
    }
    TEST_CASE("refuses conventions that know of one target") {
        CHECK_THROWS_WITH_AS(
            criterion_with(0.1, 0, Reduction::sum, Convention::wrong_classes)(lprobs, soft),
            "label_smoothed_cross_entropy: a distribution has no single target to take the "
            "smoothed mass off; the convention must be uniform",
            ValueError);
    }
}
