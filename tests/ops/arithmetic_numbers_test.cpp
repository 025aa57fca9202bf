// With a plain number, or with nothing.

#include <xtape/ops/arithmetic.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_SUITE("-x") {
    TEST_CASE("turns the sign, also that of 0") {
        const Array y = (-Variable(Array{1, -2, 0})).value();
        CHECK(y == Array{-1, 2, 0});
        CHECK(std::signbit(y(2)));
    }
    TEST_CASE("turns the gradient") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable y = -x;
        CHECK(tape.gradients(y, Array{3, -4}, {x})[0].value() == Array{-3, 4});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return -in[0]; };
        CHECK(gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
    }
}

TEST_SUITE("scale") {
    TEST_CASE("multiplies by a number") {
        CHECK(scale(Variable(Array{1, -2}), 3).value() == Array{3, -6});
        CHECK(close(scale(Variable(Array{1, inf}), 0).value(), {0, NAN}));
    }
    TEST_CASE("scales the gradient as much") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable y = scale(x, -2.5);
        CHECK(tape.gradients(y, Array{2, 4}, {x})[0].value() == Array{-5, -10});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Real c : {Real(0), Real(-2.5)}) {
            const Function f = [c](const auto& in) { return scale(in[0], c); };
            CHECK(gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
        }
    }
    TEST_CASE("is its own transpose") {  // <c x, u> = <x, c u>
        const Array x = random_array({2, 3}, 1);
        const Array u = random_array({2, 3}, 2);
        CHECK(inner_product(scale(Variable(x), 7).value(), u) ==
              doctest::Approx(inner_product(x, scale(Variable(u), 7).value())));
    }
}

TEST_SUITE("shift") {
    TEST_CASE("adds a number") {
        CHECK(shift(Variable(Array{1, -2}), 3).value() == Array{4, 1});
    }
    TEST_CASE("passes the gradient on") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable y = shift(x, 100);
        CHECK(tape.gradients(y, Array{2, 4}, {x})[0].value() == Array{2, 4});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return shift(in[0], 1.25); };
        CHECK(gradient_check(f, {random_array({2, 3})}));
        CHECK(second_gradient_check(f, {random_array({2, 3})}));
    }
}
