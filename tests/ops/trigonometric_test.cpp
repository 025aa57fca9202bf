#include <xtape/ops/trigonometric.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double quarter = 1.5707963267948966;  // of a turn

}  // namespace

TEST_SUITE("sin") {
    TEST_CASE("goes round the circle") {
        CHECK(close(sin(Variable(Array{0, quarter, -quarter, 1})).value(),
                    {0, 1, -1, std::sin(1.0)}));
    }
    TEST_CASE("knows where it is after many turns") {
        CHECK(close(sin(Variable(Array{1e6, -1e15})).value(), {std::sin(1e6), std::sin(-1e15)}));
    }
    TEST_CASE("of infinity and nan is nan") {
        CHECK(close(sin(Variable(Array{inf, -inf, NAN})).value(), {NAN, NAN, NAN}));
    }
    TEST_CASE("has the slope cos x") {
        const Variable x(Array{0, quarter, 1});
        Tape tape;
        const Variable y = sin(x);
        CHECK(close(tape.gradients(y, Array{2, 1, 1}, {x})[0].value(), {2, 0, std::cos(1.0)}));
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return sin(in[0]); };
        CHECK(gradient_check(f, {random_array({2, 3}, -3, 3)}));
        CHECK(second_gradient_check(f, {random_array({2, 3}, -3, 3)}));
    }
}

TEST_SUITE("cos") {
    TEST_CASE("goes round the circle, a quarter ahead") {
        CHECK(close(cos(Variable(Array{0, quarter, 2 * quarter, 1})).value(),
                    {1, 0, -1, std::cos(1.0)}));
    }
    TEST_CASE("of infinity and nan is nan") {
        CHECK(close(cos(Variable(Array{inf, -inf, NAN})).value(), {NAN, NAN, NAN}));
    }
    TEST_CASE("has the slope -sin x") {
        const Variable x(Array{0, quarter, 1});
        Tape tape;
        const Variable y = cos(x);
        CHECK(close(tape.gradients(y, Array{2, 1, 1}, {x})[0].value(), {0, -1, -std::sin(1.0)}));
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return cos(in[0]); };
        CHECK(gradient_check(f, {random_array({2, 3}, -3, 3)}));
        CHECK(second_gradient_check(f, {random_array({2, 3}, -3, 3)}));
    }
}
