#include <xtape/ops/norm.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("norm") {
    const Array x = {{3, 4}, {-5, 12}, {0, 0}};

    TEST_CASE("is the length of each row") {
        CHECK(norm(Variable(x), 1).value() == Array{5, 13, 0});
        CHECK(norm(Variable(x), -1, keep_dims).value() == array_of({3, 1}, {5, 13, 0}));
    }
    TEST_CASE("is the length of each column") {
        CHECK(
            close(norm(Variable(x), 0).value(), Array{std::sqrt(Real(34)), std::sqrt(Real(160))}));
    }
    TEST_CASE("of nothing is 0") {
        CHECK(norm(Variable(Array::from_shape({2, 0})), 1).value() == Array{0, 0});
        CHECK(norm(Variable(Array::from_shape({0, 2})), 1).shape() == Shape{0});
    }
    TEST_CASE("passes inf and nan on") {
        CHECK(close(norm(Variable(Array{{-INFINITY, 1}, {NAN, 0}}), 1).value(),
                    Array{INFINITY, NAN}));
    }
    TEST_CASE("returns the direction, and nothing at 0") {
        const Variable v(x);
        Tape tape;
        const Variable y = norm(v, 1);
        CHECK(close(tape.gradients(y, Array{5, 26, 7}, {v})[0].value(),
                    Array{{3, 4}, {-10, 24}, {0, 0}}));
    }
    TEST_CASE("has the right first and second derivatives") {
        const Array away_from_zero = random_array({3, 4}, 0.5, 2);
        for (const std::ptrdiff_t axis : {0, 1}) {
            for (const bool keep : {false, true}) {
                const Function f = [=](const auto& in) { return norm(in[0], axis, keep); };
                CHECK(gradient_check(f, {away_from_zero}));
                CHECK(second_gradient_check(f, {away_from_zero}));
            }
        }
    }
    TEST_CASE("has no second derivative at 0, not even nan") {
        const Variable v(Array{0, 0});
        Tape outer;
        const Variable slope = [&v] {
            Tape inner;
            return inner.gradients(norm(v, 0), {v})[0];
        }();
        CHECK(outer.gradients(slope, Array{1, 2}, {v})[0].value() == Array{0, 0});
    }
    TEST_CASE("refuses an axis that does not exist") {
        CHECK_THROWS_WITH_AS(norm(Variable(x), 2),
                             "norm: axis 2 is outside [-2, 2) of shape [3, 2]", AxisError);
    }
}
