#include <xtape/ops/slice.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("slice") {
    const Array digits = {0, 1, 2, 3, 4};
    const Array table = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("takes what lies between two bounds") {
        const Variable x(digits);
        CHECK(slice(x, 0, 1, 4).value() == Array{1, 2, 3});
        CHECK(slice(x, 0, 2).value() == Array{2, 3, 4});
        CHECK(slice(Variable(table), 0, 1, 2).value() == array_of({1, 3}, {4, 5, 6}));
        CHECK(slice(Variable(table), -1, 0, 2).value() == Array{{1, 2}, {4, 5}});
    }
    TEST_CASE("counts negative bounds from the end") {
        const Variable x(digits);
        CHECK(slice(x, 0, -3, -1).value() == Array{2, 3});
        CHECK(slice(x, 0, -2).value() == Array{3, 4});
    }
    TEST_CASE("moves bounds beyond an end to it") {
        const auto far = std::numeric_limits<std::ptrdiff_t>::max();
        const Variable x(digits);
        CHECK(slice(x, 0, -9, 2).value() == Array{0, 1});
        CHECK(slice(x, 0, 3, 9).value() == Array{3, 4});
        CHECK(slice(x, 0, -far - 1, far, far).value() == array_of({1}, {0}));
        CHECK(slice(x, 0, far).shape() == Shape{0});
    }
    TEST_CASE("takes every step-th element") {
        const Variable x(digits);
        CHECK(slice(x, 0, 0, 5, 2).value() == Array{0, 2, 4});
        CHECK(slice(x, 0, 1, {}, 2).value() == Array{1, 3});
        CHECK(slice(x, 0, 1, 4, 3).value() == array_of({1}, {1}));
        CHECK(slice(Variable(table), 1, 0, 3, 2).value() == Array{{1, 3}, {4, 6}});
    }
    TEST_CASE("of nothing is empty") {
        CHECK(slice(Variable(digits), 0, 3, 3).shape() == Shape{0});
        CHECK(slice(Variable(digits), 0, 4, 1).shape() == Shape{0});
        CHECK(slice(Variable(table), 1, 1, 1, 2).shape() == Shape{2, 0});
        CHECK(slice(Variable(Array::from_shape({0, 3})), 1, 1).shape() == Shape{0, 2});
    }
    TEST_CASE("leaves a variable that is wanted whole as it is") {
        const Variable x(digits);
        CHECK(slice(x, 0, 0).id() == x.id());
        CHECK(slice(x, 0, -9, 9).id() == x.id());
    }

    TEST_CASE("returns its gradient to where the elements were, among zeros") {
        const Variable x(digits);
        Tape tape;
        const Variable y = slice(x, 0, 0, 5, 2);
        CHECK(tape.gradients(y, Array{10, 20, 30}, {x})[0].value() == Array{10, 0, 20, 0, 30});
    }
    TEST_CASE("adds the gradients of slices that overlap") {
        const Variable x(table);
        Tape tape;
        const Variable loss = reduce_sum(slice(x, 1, 0, 2)) + scale(reduce_sum(slice(x, 1, 1)), 10);
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{1, 11, 10}, {1, 11, 10}});
    }
    TEST_CASE("adds into a gradient that is already there") {
        const Variable x(digits);
        Tape tape;
        const Variable part = slice(x, 0, 1, 4, 2);
        const Variable loss = reduce_sum(part) + reduce_sum(scale(x, 10));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{10, 11, 10, 11, 10});
    }
    TEST_CASE("gives a zero gradient where nothing was taken") {
        const Variable x(table);
        Tape tape;
        const Variable loss = reduce_sum(slice(x, 0, 1, 1));
        CHECK(tape.gradients(loss, {x})[0].value() == Array({2, 3}, 0));
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t step : {1, 2, 3}) {
            for (const std::ptrdiff_t axis : {0, 1, 2}) {
                const Function f = [=](const auto& in) { return slice(in[0], axis, 1, 4, step); };
                CHECK(gradient_check(f, {random_array({4, 5, 3})}, {Stencil::linear}));
                CHECK(second_gradient_check(f, {random_array({4, 5, 3})}, {Stencil::linear}));
            }
        }
    }
    TEST_CASE("is the transpose of pad") {  // <slice x, u> = <x, pad u>
        const Array x = random_array({2, 6, 3}, 1);
        const Array u = random_array({2, 3, 3}, 2);
        CHECK(inner_product(slice(Variable(x), 1, 1, 4).value(), u) ==
              doctest::Approx(inner_product(x, pad(Variable(u), 1, 1, 2).value())));
    }
    TEST_CASE("is the transpose of its gradient, also in steps") {
        const Variable x(random_array({2, 6, 3}, 1));
        const Array u = random_array({2, 3, 3}, 2);
        Tape tape;
        const Variable y = slice(x, 1, 1, {}, 2);
        CHECK(inner_product(y.value(), u) ==
              doctest::Approx(inner_product(x.value(), tape.gradients(y, u, {x})[0].value())));
    }

    TEST_CASE("goes forward only") {
        for (const std::ptrdiff_t wrong : {0, -1}) {
            CHECK_THROWS_WITH_AS(slice(Variable(digits), 0, 0, 5, wrong),
                                 text("slice: step ", wrong,
                                      " does not go forward; it must be at "
                                      "least 1, and flip reverses")
                                     .c_str(),
                                 ValueError);
        }
    }
    TEST_CASE("names the axis that does not exist") {
        CHECK_THROWS_WITH_AS(slice(Variable(digits), 1, 0, 1),
                             "slice: axis 1 is outside [-1, 1) of shape [5]", AxisError);
        CHECK_THROWS_AS(slice(Variable(Real(1)), 0, 0), AxisError);
    }
}

TEST_SUITE("pad") {
    TEST_CASE("puts zeros around") {
        CHECK(pad(Variable(Array{1, 2}), 0, 1, 2).value() == Array{0, 1, 2, 0, 0});
        CHECK(pad(Variable(Array{{1, 2}, {3, 4}}), -2, 1, 0).value() ==
              Array{{0, 0}, {1, 2}, {3, 4}});
        CHECK(pad(Variable(Array::from_shape({2, 0})), 1, 1, 1).value() == Array({2, 2}, 0));
    }
    TEST_CASE("leaves a variable that needs none as it is") {
        const Variable x(Array{1, 2});
        CHECK(pad(x, 0, 0, 0).id() == x.id());
    }
    TEST_CASE("drops the gradients of the zeros") {
        const Variable x(Array{1, 2});
        Tape tape;
        CHECK(tape.gradients(pad(x, 0, 1, 2), Array{10, 20, 30, 40, 50}, {x})[0].value() ==
              Array{20, 30});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return pad(in[0], 1, 2, 1); };
        CHECK(gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
    }
    TEST_CASE("does not cut off") {
        CHECK_THROWS_WITH_AS(pad(Variable(Array{1, 2}), 0, -1, 2),
                             "pad: -1 zeros before and 2 after; neither may be negative, and slice "
                             "cuts off",
                             ValueError);
        CHECK_THROWS_AS(pad(Variable(Array{1, 2}), 0, 0, -1), ValueError);
        CHECK_THROWS_WITH_AS(pad(Variable(Array{1, 2}), -2, 0, 1),
                             "pad: axis -2 is outside [-1, 1) of shape [2]", AxisError);
    }
}

TEST_SUITE("select") {
    const Array table = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("takes one element along an axis, which goes") {
        CHECK(select(Variable(table), 0, 1).value() == Array{4, 5, 6});
        CHECK(select(Variable(table), 1, -1).value() == Array{3, 6});
        CHECK(select(Variable(Array{7, 8}), 0, 1).shape() == Shape{});
        CHECK(select(Variable(array_of({1, 2}, {7, 8})), 0, -1).value() == Array{7, 8});
    }
    TEST_CASE("returns its gradient among zeros") {
        const Variable x(table);
        Tape tape;
        CHECK(tape.gradients(select(x, 1, 1), Array{10, 20}, {x})[0].value() ==
              Array{{0, 10, 0}, {0, 20, 0}});
    }
    TEST_CASE("adds up step by step in one pass") {  // as a recurrent network reads its input
        const Variable x(random_array({50, 2}));
        Tape tape;
        Variable sum = select(x, 0, 0);
        for (std::ptrdiff_t t = 1; t < 50; ++t) {
            sum = sum + scale(select(x, 0, t), static_cast<Real>(t + 1));
        }
        const Array g = tape.gradients(reduce_sum(sum), {x})[0].value();
        for (std::size_t t = 0; t < 50; ++t) {
            CHECK(g(t, 0) == static_cast<Real>(t + 1));
            CHECK(g(t, 1) == static_cast<Real>(t + 1));
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return select(in[0], 1, 2); };
        CHECK(gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
    }
    TEST_CASE("names the index that is wrong") {
        for (const std::ptrdiff_t wrong : {2, -3}) {
            CHECK_THROWS_WITH_AS(select(Variable(table), -2, wrong),
                                 text("select: index ", wrong,
                                      " is outside [-2, 2) of axis -2 of "
                                      "shape [2, 3]")
                                     .c_str(),
                                 IndexError);
        }
        CHECK_THROWS_AS(select(Variable(table), 2, 0), AxisError);
        CHECK_THROWS_AS(select(Variable(Array::from_shape({0})), 0, 0), IndexError);
    }
}
