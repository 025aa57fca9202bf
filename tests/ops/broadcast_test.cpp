#include <xtape/ops/broadcast.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

struct FromTo {
    Shape small, large;
};
const std::vector<FromTo> repeats = {
    {{3}, {2, 3}},    {{2, 1}, {2, 3}},          {{}, {2, 3}},
    {{1}, {4}},       {{3, 1}, {4, 3, 2}},       {{1, 3, 1}, {2, 3, 2}},
    {{2, 3}, {2, 3}}, {{1, 3}, {0, 3}},          {{2, 1, 2}, {2, 3, 2}},
    {{1, 1}, {1, 1}}, {{1, 1, 5}, {1, 1, 1, 5}}, {{}, {}},
};

}  // namespace

TEST_SUITE("broadcast_to") {
    TEST_CASE("repeats rows, columns and single numbers") {
        CHECK(broadcast_to(Variable(Array{1, 2, 3}), {2, 3}).value() ==
              Array{{1, 2, 3}, {1, 2, 3}});
        CHECK(broadcast_to(Variable(array_of({2, 1}, {1, 2})), {2, 3}).value() ==
              Array{{1, 1, 1}, {2, 2, 2}});
        CHECK(broadcast_to(Variable(Real(7)), {2, 2}).value() == Array{{7, 7}, {7, 7}});
    }
    TEST_CASE("repeats in the middle") {
        CHECK(broadcast_to(Variable(array_of({2, 1, 2}, {1, 2, 3, 4})), {2, 2, 2}).value() ==
              Array{{{1, 2}, {1, 2}}, {{3, 4}, {3, 4}}});
    }
    TEST_CASE("repeats no times") {
        CHECK(broadcast_to(Variable(array_of({1, 3}, {1, 2, 3})), {0, 3}).shape() == Shape{0, 3});
    }
    TEST_CASE("to its own shape is the variable itself") {
        const Variable x(Array{1, 2});
        CHECK(broadcast_to(x, {2}).id() == x.id());
    }

    TEST_CASE("adds up the gradients of the copies") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable y = broadcast_to(x, {3, 2});
        CHECK(tape.gradients(y, Array{{1, 2}, {3, 4}, {5, 6}}, {x})[0].value() == Array{9, 12});
    }
    TEST_CASE("no times has the gradient 0") {
        const Variable x(array_of({1, 2}, {1, 2}));
        Tape tape;
        const Variable y = broadcast_to(x, {0, 2});
        CHECK(tape.gradients(y, Array::from_shape({0, 2}), {x})[0].value() ==
              array_of({1, 2}, {0, 0}));
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const FromTo& repeat : repeats) {
            CAPTURE(text(repeat.small, " to ", repeat.large));
            const Function f = [&](const auto& in) { return broadcast_to(in[0], repeat.large); };
            CHECK(gradient_check(f, {random_array(repeat.small)}, {Stencil::linear}));
            // Repeated to its own shape, the variable is on no tape.
            if (repeat.small != repeat.large) {
                CHECK(second_gradient_check(f, {random_array(repeat.small)}, {Stencil::linear}));
            }
        }
    }
    TEST_CASE("is the transpose of sum_to") {  // <broadcast x, u> = <x, sum u>
        for (const FromTo& repeat : repeats) {
            CAPTURE(text(repeat.small, " to ", repeat.large));
            const Array x = random_array(repeat.small, 1);
            const Array u = random_array(repeat.large, 2);
            CHECK(inner_product(broadcast_to(Variable(x), repeat.large).value(), u) ==
                  doctest::Approx(inner_product(x, sum_to(Variable(u), repeat.small).value())));
        }
    }

    TEST_CASE("refuses shapes that x does not repeat to") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK_THROWS_WITH_AS(broadcast_to(x, {3}),
                             "broadcast_to: shape [2, 3] does not broadcast to [3]", ShapeError);
        CHECK_THROWS_AS(broadcast_to(x, {4, 3}), ShapeError);
        CHECK_THROWS_AS(broadcast_to(x, {2, 1}), ShapeError);
        CHECK_THROWS_AS(broadcast_to(x, {}), ShapeError);
    }
}

TEST_SUITE("sum_to") {
    const Array numbers = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("sums rows, columns and everything") {
        CHECK(sum_to(Variable(numbers), {3}).value() == Array{5, 7, 9});
        CHECK(sum_to(Variable(numbers), {1, 3}).value() == array_of({1, 3}, {5, 7, 9}));
        CHECK(sum_to(Variable(numbers), {2, 1}).value() == array_of({2, 1}, {6, 15}));
        CHECK(sum_to(Variable(numbers), {}).item() == 21);
        CHECK(sum_to(Variable(numbers), {1, 1}).value() == array_of({1, 1}, {21}));
    }
    TEST_CASE("of nothing is 0") {
        CHECK(sum_to(Variable(Array::from_shape({0, 2})), {2}).value() == Array{0, 0});
    }
    TEST_CASE("to its own shape is the variable itself") {
        const Variable x(numbers);
        CHECK(sum_to(x, {2, 3}).id() == x.id());
    }
    TEST_CASE("returns the gradient of a sum to every term") {
        const Variable x(numbers);
        Tape tape;
        const Variable y = sum_to(x, {3});
        CHECK(tape.gradients(y, Array{7, 8, 9}, {x})[0].value() == Array{{7, 8, 9}, {7, 8, 9}});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const FromTo& repeat : repeats) {
            if (repeat.small == repeat.large) {
                continue;
            }
            CAPTURE(text(repeat.large, " to ", repeat.small));
            const Function f = [&](const auto& in) { return sum_to(in[0], repeat.small); };
            CHECK(gradient_check(f, {random_array(repeat.large)}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {random_array(repeat.large)}, {Stencil::linear}));
        }
    }
    TEST_CASE("refuses shapes that do not repeat to that of x") {
        CHECK_THROWS_WITH_AS(sum_to(Variable(numbers), {2}),
                             "sum_to: shape [2] does not broadcast to [2, 3]", ShapeError);
        CHECK_THROWS_AS(sum_to(Variable(numbers), {1, 2, 3}), ShapeError);
    }
}
