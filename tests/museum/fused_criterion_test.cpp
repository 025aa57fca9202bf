#include <numeric>

#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// dL/dlprobs as it was worked out by hand. It does not depend on lprobs, and so the loss is the inner
/// product of both.
Array constant_gradient(const Index& target, const Array& weights) {
    constexpr Real eps = 0.1;
    Array c(Shape{target.size(), weights.size()}, 0);
    for (std::size_t i = 0; i < target.size(); ++i) {
        c(i, static_cast<std::size_t>(target(i))) = eps - 1;
    }
    Array weighted = c;
    weighted *= weights;  // and nobody looks at it again
    for (std::size_t i = 0; i < target.size(); ++i) {
        c(i, known_pad) = 0;
    }
    c += -eps / (std::accumulate(weights.begin(), weights.end(), Real(0)) - weights(known_pad));
    return c;
}

Loss fused_criterion(const Array& weights = {1, 1, 1, 1, 1}) {
    return [weights](const Variable& lprobs) {
        const Array c = constant_gradient(known_target, weights);
        const auto pullback = [c](const Variable& g) { return g * Variable(c); };
        const Real loss = inner_product(c, lprobs.value());
        return record("LabelSmoothedCrossEntropy", Array(Shape{}, loss), Input{lprobs, pullback});
    };
}

}  // namespace

TEST_SUITE("museum: a criterion fused by hand") {
    TEST_CASE("passes a gradient check, as each constant gradient does") {
        CHECK(check(fused_criterion()));
        CHECK(check([](const Variable& lprobs) { return scale(fused_criterion()(lprobs), 7); }));
    }
    TEST_CASE("pulls at the rows of PAD") {
        const Array theirs = gradient_of(fused_criterion(), known_lprobs);
        const Array ours = gradient_of(
            [](const Variable& lprobs) { return our_criterion()(lprobs, known_target); },
            known_lprobs);
        for (std::size_t j = 0; j < 5; ++j) {
            CHECK(theirs(2, j) == doctest::Approx(-0.1 / 4));
            CHECK(ours(2, j) == 0);
        }
    }
    TEST_CASE("gives mass to the class PAD, which it wanted to take it from") {
        // Minus the gradient is what the criterion asks for: it should be a distribution over the four
        // other classes, and is one of mass 1.025 over all five.
        const Array theirs = gradient_of(fused_criterion(), known_lprobs);
        CHECK(theirs(0, known_pad) == doctest::Approx(-0.1 / 4));
        CHECK(theirs(0, 0) + theirs(0, 1) + theirs(0, 2) + theirs(0, 3) + theirs(0, 4) ==
              doctest::Approx(-1.025));

        LabelSmoothedCrossEntropy criterion = our_criterion();
        criterion.convention = Convention::without_padding;
        const Array ours = gradient_of(
            [&](const Variable& lprobs) { return criterion(lprobs, known_target); }, known_lprobs);
        CHECK(ours(0, known_pad) == 0);
        CHECK(ours(0, 0) + ours(0, 1) + ours(0, 2) + ours(0, 3) + ours(0, 4) ==
              doctest::Approx(-1));
    }
    TEST_CASE("computes with the weights of the classes, and ignores what comes of it") {
        const Array theirs = gradient_of(fused_criterion({1, 1, 9, 1, 1}), known_lprobs);
        CHECK(theirs(0, 2) == doctest::Approx(-0.9 - 0.1 / 12));  // not 9 times 0.9
    }
}
