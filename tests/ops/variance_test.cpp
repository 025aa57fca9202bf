#include <xtape/ops/variance.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("variance") {
    constexpr bool unbiased = true;
    constexpr bool biased = false;
    const Array x = {{1, 2, 3}, {0, 0, 6}};  // squares of the deviations: 2 and 24

    TEST_CASE("divides the squared deviations by one less than their number") {
        CHECK(close(variance(Variable(x), {1}).value(), Array{1, 12}));
    }
    TEST_CASE("divides them by their number if told") {
        CHECK(close(variance(Variable(x), {-1}, biased, keep_dims).value(),
                    array_of({2, 1}, {Real(2) / 3, 8})));
    }
    TEST_CASE("takes any axes together") {
        CHECK(close(variance(Variable(x), {0}).value(), Array{0.5, 2, 4.5}));
        CHECK(close(variance(Variable(x), {1, 0}, biased).value(), Array({}, Real(26) / 6)));
    }
    TEST_CASE("keeps its digits where the mean is large") {
        CHECK(variance(Variable(Array{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}), {0}).item() == 30);
    }
    TEST_CASE("of too few numbers is nan") {
        CHECK(close(variance(Variable(array_of({2, 1}, {2, 3})), {1}).value(), Array{NAN, NAN}));
        CHECK(variance(Variable(array_of({2, 1}, {2, 3})), {1}, biased).value() == Array{0, 0});
        const Variable nothing(Array::from_shape({2, 0}));
        CHECK(close(variance(nothing, {1}).value(), Array{NAN, NAN}));
        CHECK(close(variance(nothing, {1}, biased).value(), Array{NAN, NAN}));
        CHECK(variance(nothing, {0}).shape() == Shape{0});
    }
    TEST_CASE("returns twice the deviation, divided like the sum") {
        const Variable v(x);
        Tape tape;
        const Variable y = variance(v, {1});
        CHECK(close(tape.gradients(y, Array{1, 10}, {v})[0].value(),
                    Array{{-1, 0, 1}, {-20, -20, 40}}));
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Axes& axes : {Axes{1}, Axes{0, -1}}) {
            for (const bool by : {unbiased, biased}) {
                const Function f = [&](const auto& in) { return variance(in[0], axes, by); };
                CHECK(gradient_check(f, {random_array({2, 3, 4})}));
                CHECK(second_gradient_check(f, {random_array({2, 3, 4})}));
            }
        }
    }
    TEST_CASE("refuses an axis that does not exist, or is named twice") {
        CHECK_THROWS_WITH_AS(variance(Variable(x), {2}),
                             "variance: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
        CHECK_THROWS_AS(variance(Variable(x), {0, -2}), AxisError);
    }
}
