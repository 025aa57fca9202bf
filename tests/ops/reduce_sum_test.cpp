#include <xtape/ops/reduce_sum.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/reshape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("reduce_sum") {
    const Array table = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("sums over all axes") {
        CHECK(reduce_sum(Variable(table)).shape() == Shape{});
        CHECK(reduce_sum(Variable(table)).item() == 21);
        CHECK(reduce_sum(Variable(Real(7))).item() == 7);
    }
    TEST_CASE("sums over some, which go or stay with extent 1") {
        const Variable x(table);
        CHECK(reduce_sum(x, {0}).value() == Array{5, 7, 9});
        CHECK(reduce_sum(x, {-1}).value() == Array{6, 15});
        CHECK(reduce_sum(x, {-1}, keep_dims).value() == array_of({2, 1}, {6, 15}));
        CHECK(reduce_sum(x, {0, 1}, keep_dims).value() == array_of({1, 1}, {21}));
    }
    TEST_CASE("over no axis changes nothing") {
        CHECK(reduce_sum(Variable(table), Axes{}).value() == table);
        CHECK(reduce_sum(Variable(Real(7)), Axes{}).item() == 7);
    }
    TEST_CASE("takes axes in any order, also far apart") {
        const Variable x(array_of({2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40}));
        CHECK(reduce_sum(x, {2, 0}).value() == Array{33, 77});
        CHECK(reduce_sum(x, {-1, 0}).value() == Array{33, 77});
        CHECK(reduce_sum(x, {0, -1}, keep_dims).value() == array_of({1, 2, 1}, {33, 77}));
        CHECK(reduce_sum(x, {2, 1}).value() == Array{10, 100});
    }
    TEST_CASE("of nothing is 0") {
        const Variable none(Array::from_shape({2, 0}));
        CHECK(reduce_sum(none).item() == 0);
        CHECK(reduce_sum(none, {1}).value() == Array{0, 0});
        CHECK(reduce_sum(none, {1}, keep_dims).value() == array_of({2, 1}, {0, 0}));
        CHECK(reduce_sum(none, {0}).shape() == Shape{0});
    }
    TEST_CASE("adds many numbers without losing digits") {
        const Real tenth = Real(0.1);
        const std::size_t many = 1 << 20;
        const double exact = double{tenth} * static_cast<double>(many);
        const double tolerance = sizeof(Real) == 8 ? 1e-14 : 1e-6;
        for (const Shape& shape : {Shape{many}, Shape{many, 1}, Shape{1, many}}) {
            const Variable x(Array(shape, tenth));
            CHECK(std::abs(double{reduce_sum(x).item()} / exact - 1) < tolerance);
        }
        const Array columns = reduce_sum(Variable(Array({many / 2, 2}, tenth)), {0}).value();
        CHECK(std::abs(double{columns(0)} / exact * 2 - 1) < tolerance);
    }
    TEST_CASE("passes NaN and infinity on") {
        const Real inf = HUGE_VAL;
        const Array y =
            reduce_sum(Variable(Array{{1, inf}, {1, std::nan("")}, {inf, -inf}}), {1}).value();
        CHECK(y(0) == inf);
        CHECK(std::isnan(y(1)));
        CHECK(std::isnan(y(2)));
    }

    TEST_CASE("passes its gradient on to every term") {
        const Variable x(table);
        Tape tape;
        CHECK(tape.gradients(reduce_sum(x, {0}), Array{10, 20, 30}, {x})[0].value() ==
              Array{{10, 20, 30}, {10, 20, 30}});
    }
    TEST_CASE("has the gradient of x's shape where x is empty") {
        const Variable none(Array::from_shape({2, 0}));
        Tape tape;
        CHECK(tape.gradients(reduce_sum(none), {none})[0].shape() == Shape{2, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Axes& axes : {Axes{}, Axes{0}, Axes{-1}, Axes{1}, Axes{2, 0}, Axes{0, 1, 2}}) {
            for (const bool keep : {false, true}) {
                const Function f = [&](const auto& in) { return reduce_sum(in[0], axes, keep); };
                CHECK(gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
                CHECK(second_gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
            }
        }
    }
    TEST_CASE("is the transpose of broadcast_to") {  // <S x, u> = <x, S' u>
        const Array x = random_array({2, 3, 4}, 1);
        const Array u = random_array({1, 3, 1}, 2);
        CHECK(inner_product(reduce_sum(Variable(x), {0, 2}, keep_dims).value(), u) ==
              doctest::Approx(inner_product(x, broadcast_to(Variable(u), {2, 3, 4}).value())));
    }

    TEST_CASE("names the axis that is wrong") {
        const Variable x(table);
        CHECK_THROWS_WITH_AS(reduce_sum(x, {2}),
                             "reduce_sum: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
        CHECK_THROWS_WITH_AS(
            reduce_sum(x, {0, 0}),
            "reduce_sum: axis 0 of shape [2, 3] is named twice in {0, 0}; name each "
            "axis once",
            AxisError);
        CHECK_THROWS_WITH_AS(reduce_sum(x, {0, -2}),
                             "reduce_sum: axis 0 of shape [2, 3] is named twice in {0, -2}; name "
                             "each axis once",
                             AxisError);
        CHECK_THROWS_AS(reduce_sum(Variable(Real(1)), {0}), AxisError);
    }
}

TEST_SUITE("mean") {
    const Array table = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("divides a sum by the number of its terms") {
        CHECK(mean(Variable(table)).item() == 3.5);
        CHECK(mean(Variable(table), {0}).value() == Array{2.5, 3.5, 4.5});
        CHECK(mean(Variable(table), {-1}, keep_dims).value() == array_of({2, 1}, {2, 5}));
        CHECK(mean(Variable(table), Axes{}).value() == table);
    }
    TEST_CASE("of nothing is NaN") {
        CHECK(std::isnan(mean(Variable(Array::from_shape({0}))).item()));
        const Array y = mean(Variable(Array::from_shape({2, 0})), {1}).value();
        CHECK(y.shape() == Shape{2});
        CHECK(std::isnan(y(0)));
        CHECK(mean(Variable(Array::from_shape({2, 0})), {0}).shape() == Shape{0});
    }
    TEST_CASE("shares its gradient evenly") {
        const Variable x(table);
        Tape tape;
        CHECK(tape.gradients(mean(x, {0}), Array{2, 4, 6}, {x})[0].value() ==
              Array{{1, 2, 3}, {1, 2, 3}});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return mean(in[0], {0, 2}); };
        CHECK(gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
    }
    TEST_CASE("names the axis that is wrong") {
        CHECK_THROWS_AS(mean(Variable(table), {2}), AxisError);
    }
}
