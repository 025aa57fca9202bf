#include <xtape/ops/layer_norm.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("layer_norm") {
    const Array rows = {{1, 3}, {-4, 4}};  // means 2 and 0, variances 1 and 16

    TEST_CASE("gives each row mean 0 and variance 1") {
        CHECK(close(layer_norm(Variable(rows), 1, 0).value(), Array{{-1, 1}, {-1, 1}}));
    }
    TEST_CASE("adds eps to the variance") {  // 1 + 3 and 16 + 9
        CHECK(close(layer_norm(Variable(Array{1, 3}), 1, 3).value(), Array{-0.5, 0.5}));
        CHECK(close(layer_norm(Variable(Array{-4, 4}), 1, 9).value(), Array{-0.8, 0.8}));
    }
    TEST_CASE("scales by gain and shifts by bias") {
        const Variable gain(Array{2, 3});
        const Variable bias(Array{10, 20});
        CHECK(close(layer_norm(Variable(rows), gain, bias, 0).value(), Array{{8, 23}, {8, 23}}));
    }
    TEST_CASE("takes a row to be the axes that gain has") {
        const Array x = random_array({2, 2, 3});
        const Array whole = layer_norm(Variable(x), 2).value();
        Array flat = x;
        flat.reshape({2, 6});
        Array expected = layer_norm(Variable(flat), 1).value();
        expected.reshape({2, 2, 3});
        CHECK(close(whole, expected));
        const Variable ones(Array({2, 3}, 1));
        const Variable zeros(Array({2, 3}, 0));
        CHECK(close(layer_norm(Variable(x), ones, zeros).value(), expected));
    }
    TEST_CASE("of a single number, and of equal ones, is the bias") {
        const Variable one(array_of({2, 1}, {0.5, -1.5}));
        CHECK(layer_norm(one, 1).value() == array_of({2, 1}, {0, 0}));
        const Variable constant(Array({2, 3}, 1.5));
        CHECK(layer_norm(constant, Variable(Array{1, 2, 3}), Variable(Array{4, 5, 6})).value() ==
              Array{{4, 5, 6}, {4, 5, 6}});
    }
    TEST_CASE("of no rows, and of empty rows, is empty") {
        CHECK(layer_norm(Variable(Array::from_shape({0, 3})), 1).shape() == Shape{0, 3});
        CHECK(layer_norm(Variable(Array::from_shape({3, 0})), 1).shape() == Shape{3, 0});
    }
    TEST_CASE("keeps nan to its row") {
        Array x = rows;
        x(0, 1) = NAN;
        const Array y = layer_norm(Variable(x), 1, 0).value();
        CHECK(close(y, Array{{x(0, 1), x(0, 1)}, {-1, 1}}));
    }

    // Only what neither shifts nor stretches a row is seen: of -1, -1, 1, 1 with r = 1 the gradient
    // 1, 3, 2, 6 loses its mean, 3, and its part along y, 1.
    TEST_CASE("returns no gradient along its mean and its length") {
        const Variable x(Array{{-1, -1, 1, 1}});
        Tape tape;
        const Variable y = layer_norm(x, 1, 0);
        CHECK(close(tape.gradients(y, Array{{1, 3, 2, 6}}, {x})[0].value(), Array{{-1, 1, -2, 2}}));
    }
    TEST_CASE("returns a smaller gradient where the numbers are larger") {  // r = 1/10
        const Variable x(Array{{-10, -10, 10, 10}});
        Tape tape;
        const Variable y = layer_norm(x, 1, 0);
        CHECK(close(tape.gradients(y, Array{{1, 3, 2, 6}}, {x})[0].value(),
                    Array{{-0.1, 0.1, -0.2, 0.2}}));
    }
    TEST_CASE("returns the gradients of gain and bias, summed over rows") {
        const Variable x(rows);
        const Variable gain(Array{2, 3});
        const Variable bias(Array{10, 20});
        Tape tape;
        const Variable y = layer_norm(x, gain, bias, 0);
        const auto g = tape.gradients(y, Array{{1, 2}, {3, 4}}, {gain, bias});
        CHECK(close(g[0].value(), Array{-4, 6}));
        CHECK(g[1].value() == Array{4, 6});
    }
    TEST_CASE("returns a finite gradient of equal numbers") {  // r = 1 / sqrt eps = 10
        const Variable x(Array{{2, 2, 2, 2}});
        Tape tape;
        const Variable y = layer_norm(x, 1, 0.01);
        CHECK(close(tape.gradients(y, Array{{1, 3, 2, 6}}, {x})[0].value(),
                    Array{{-20, 0, -10, 30}}));
    }
    TEST_CASE("leaves its input alone") {
        const Variable x(rows);
        layer_norm(x, 1);
        CHECK(x.value() == rows);
    }

    TEST_CASE("has the right first and second derivatives") {
        const Array x = random_array({2, 2, 5}, -2, 2);
        for (const std::size_t rank : {std::size_t{1}, std::size_t{2}}) {
            const Function f = [rank](const auto& in) { return layer_norm(in[0], rank, 0.1); };
            CHECK(gradient_check(f, {x}));
            CHECK(second_gradient_check(f, {x}));
        }
        const Function f = [](const auto& in) { return layer_norm(in[0], in[1], in[2], 0.1); };
        CHECK(gradient_check(f, {x, random_array({5}, 2), random_array({5}, 3)}));
        CHECK(second_gradient_check(f, {x, random_array({5}, 2), random_array({5}, 3)}));
    }
    TEST_CASE("has the right third derivative") {
        const Function slope = [](const auto& in) {
            Tape tape;
            return tape.gradients(layer_norm(in[0], 1, 0.1), in[1], {in[0]})[0];
        };
        CHECK(second_gradient_check(slope, {random_array({2, 3}), random_array({2, 3}, 2)}));
    }

    TEST_CASE("refuses a gain that is not a row, and a bias that is not like it") {
        const Variable x(rows);
        const auto of = [](const Shape& shape) { return Variable(Array(shape, 1)); };
        CHECK_THROWS_WITH_AS(layer_norm(x, of({3}), of({3})),
                             "layer_norm: the gain has shape [3] and the array [2, 2]; it needs "
                             "the extents of one or more of its last axes",
                             ShapeError);
        CHECK_THROWS_WITH_AS(layer_norm(x, of({2}), of({2, 2})),
                             "layer_norm: the bias has shape [2, 2] and the gain [2]; they must "
                             "be equal",
                             ShapeError);
        CHECK_THROWS_AS(layer_norm(x, of({1}), of({1})), ShapeError);
        CHECK_THROWS_AS(layer_norm(x, of({}), of({})), ShapeError);
        CHECK_THROWS_AS(layer_norm(x, of({1, 2, 2}), of({1, 2, 2})), ShapeError);
    }
    TEST_CASE("refuses a row of no axes, or of more than there are") {
        CHECK_THROWS_WITH_AS(layer_norm(Variable(rows), 0),
                             "layer_norm: a row of 0 axes of shape [2, 2]; it takes one or more "
                             "of the last axes",
                             ShapeError);
        CHECK_THROWS_AS(layer_norm(Variable(rows), 3), ShapeError);
    }
    TEST_CASE("refuses an eps that is no addition") {
        CHECK_THROWS_WITH_AS(layer_norm(Variable(rows), 1, -1),
                             "layer_norm: eps is -1; it must be 0 or more", ValueError);
        CHECK_THROWS_AS(layer_norm(Variable(rows), 1, NAN), ValueError);
    }
}
