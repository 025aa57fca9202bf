#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr std::int64_t end_of_sentence = 4;

/// Gives each of the V classes, the target too, a share that is meant for V - 1. And where a sentence
/// is over, its end is the target again and again.
Variable criterion_of_surplus(const Variable& lprobs) {
    const Index target = index_of({3, 1}, {2, 1, end_of_sentence});
    const Variable nll = -gather(lprobs, -1, target);
    const Variable smooth = -reduce_sum(lprobs);
    return scale(reduce_sum(nll), 0.9) + scale(smooth, 0.1 / 4);
}

Variable ours(const Variable& lprobs) {
    return our_criterion()(lprobs, known_target);
}

/// The mass of what a loss asks of row i: a distribution has mass 1.
double mass(const Loss& loss, std::size_t i) {
    const Array g = gradient_of(loss, known_lprobs);
    return -(g(i, 0) + g(i, 1) + g(i, 2) + g(i, 3) + g(i, 4));
}

}  // namespace

TEST_SUITE("museum: a target that does not sum to 1") {
    TEST_CASE("passes a gradient check") {
        CHECK(check(criterion_of_surplus));
    }
    TEST_CASE("asks for more than there is") {
        CHECK(mass(criterion_of_surplus, 0) == doctest::Approx(1.025).epsilon(1e-14));
        CHECK(mass(ours, 0) == doctest::Approx(1).epsilon(1e-14));
    }
    TEST_CASE("costs a model that knows nothing more than log V") {
        const Variable uniform(Array(Shape{3, 5}, -std::log(5.)));
        CHECK(criterion_of_surplus(uniform).item() == doctest::Approx(3 * 1.025 * std::log(5.)));
        CHECK(ours(uniform).item() == doctest::Approx(2 * std::log(5.)));
    }
    TEST_CASE("trains PAD as an end that follows the end") {
        CHECK(mass(criterion_of_surplus, 2) == doctest::Approx(1.025).epsilon(1e-14));
        CHECK(mass(ours, 2) == 0);
    }
}
