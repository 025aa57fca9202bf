#include <xtape/ops/permute.hpp>

#include <algorithm>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// permute, number by number.
Array permuted_by_definition(const Array& x, const Axes& axes) {
    Shape shape;
    for (const std::ptrdiff_t axis : axes) {
        shape.push_back(x.shape()[static_cast<std::size_t>(axis)]);
    }
    Array y = Array::from_shape(shape);
    for (std::size_t n = 0; n < y.size(); ++n) {
        const Shape at = place_of(n, shape);
        Shape from(at.size());
        for (std::size_t k = 0; k < at.size(); ++k) {
            from[static_cast<std::size_t>(axes[k])] = at[k];
        }
        y.data()[n] = x.element(from.begin(), from.end());
    }
    return y;
}

}  // namespace

TEST_SUITE("permute") {
    TEST_CASE("puts axes in another order") {
        const Variable x(array_of({2, 1, 3}, {1, 2, 3, 4, 5, 6}));
        CHECK(permute(x, {2, 0, 1}).value() == array_of({3, 2, 1}, {1, 4, 2, 5, 3, 6}));
        CHECK(permute(x, {-1, -3, -2}).value() == array_of({3, 2, 1}, {1, 4, 2, 5, 3, 6}));
        CHECK(permute(x, {1, 0, 2}).value() == array_of({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
    }
    TEST_CASE("agrees with its definition for every order of four axes") {
        const std::vector<Shape> shapes = {{2, 3, 4, 5}, {1, 3, 1, 5}, {2, 1, 1, 1},
                                           {1, 1, 1, 1}, {2, 0, 3, 1}, {1, 33, 2, 65}};
        for (const Shape& shape : shapes) {
            const Array x = random_array(shape);
            Axes axes = {0, 1, 2, 3};
            do {
                CHECK(permute(Variable(x), axes).value() == permuted_by_definition(x, axes));
            } while (std::next_permutation(axes.begin(), axes.end()));
        }
    }
    TEST_CASE("leaves a variable that stays in order as it is") {
        const Variable x(random_array({2, 3}));
        CHECK(permute(x, {0, -1}).id() == x.id());
        CHECK(permute(Variable(Real(7)), {}).item() == 7);
    }
    TEST_CASE("returns each gradient to where the number came from") {
        const Variable x(random_array({2, 1, 3}));
        Tape tape;
        const Variable y = permute(x, {2, 0, 1});
        CHECK(tape.gradients(y, array_of({3, 2, 1}, {1, 4, 2, 5, 3, 6}), {x})[0].value() ==
              array_of({2, 1, 3}, {1, 2, 3, 4, 5, 6}));
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return permute(in[0], {1, 2, 0}); };
        CHECK(gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
    }
    TEST_CASE("is the transpose of the inverse permutation") {  // <P x, u> = <x, P' u>
        const Array x = random_array({2, 3, 4}, 1);
        const Array u = random_array({4, 2, 3}, 2);
        CHECK(inner_product(permute(Variable(x), {2, 0, 1}).value(), u) ==
              doctest::Approx(inner_product(x, permute(Variable(u), {1, 2, 0}).value())));
    }
    TEST_CASE("wants every axis once") {
        const Variable x(random_array({2, 3}));
        CHECK_THROWS_WITH_AS(permute(x, {0}),
                             "permute: axes {0} are 1 and shape [2, 3] has 2; name each axis once",
                             AxisError);
        CHECK_THROWS_WITH_AS(permute(x, {0, -2}),
                             "permute: axis 0 of shape [2, 3] is named twice in {0, -2}; name each "
                             "axis once",
                             AxisError);
        CHECK_THROWS_WITH_AS(permute(x, {0, 2}),
                             "permute: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
    }
}

TEST_SUITE("transpose") {
    TEST_CASE("exchanges the last two axes") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(transpose(x).value() == Array{{1, 4}, {2, 5}, {3, 6}});
        CHECK(transpose(Variable(array_of({2, 1, 2}, {1, 2, 3, 4}))).value() ==
              array_of({2, 2, 1}, {1, 2, 3, 4}));
    }
    TEST_CASE("exchanges any two axes") {
        const Array x = random_array({2, 3, 4});
        CHECK(transpose(Variable(x), -1, 0).value() == permuted_by_definition(x, {2, 1, 0}));
        CHECK(transpose(Variable(x), 1, 1).value() == x);
    }
    TEST_CASE("is right for matrices of many blocks") {
        const Array x = random_array({2, 70, 101});
        CHECK(transpose(Variable(x)).value() == permuted_by_definition(x, {0, 2, 1}));
    }
    TEST_CASE("transposes its gradient") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        Tape tape;
        CHECK(tape.gradients(transpose(x), Array{{1, 4}, {2, 5}, {3, 6}}, {x})[0].value() ==
              Array{{1, 2, 3}, {4, 5, 6}});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return transpose(in[0], 0, 2); };
        CHECK(gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 4})}, {Stencil::linear}));
    }
    TEST_CASE("names the axis that does not exist") {
        CHECK_THROWS_WITH_AS(transpose(Variable(Array{1, 2, 3})),
                             "transpose: axis -2 is outside [-1, 1) of shape [3]", AxisError);
        CHECK_THROWS_AS(transpose(Variable(random_array({2, 3})), 0, 2), AxisError);
    }
}

TEST_SUITE("flip") {
    TEST_CASE("reverses the order along axes") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(flip(x, {1}).value() == Array{{3, 2, 1}, {6, 5, 4}});
        CHECK(flip(x, {0}).value() == Array{{4, 5, 6}, {1, 2, 3}});
        CHECK(flip(x, {1, -2}).value() == Array{{6, 5, 4}, {3, 2, 1}});
        CHECK(flip(x, {}).value() == x.value());
        CHECK(flip(Variable(Array::from_shape({2, 0})), {0, 1}).shape() == Shape{2, 0});
    }
    TEST_CASE("flips its gradient") {
        const Variable x(Array{1, 2, 3});
        Tape tape;
        CHECK(tape.gradients(flip(x, {0}), Array{10, 20, 30}, {x})[0].value() == Array{30, 20, 10});
        CHECK(x.value() == Array{1, 2, 3});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return flip(in[0], {0, 2}); };
        CHECK(gradient_check(f, {random_array({2, 3, 3})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 3})}, {Stencil::linear}));
    }
    TEST_CASE("is its own transpose") {
        const Array x = random_array({2, 3, 4}, 1);
        const Array u = random_array({2, 3, 4}, 2);
        CHECK(inner_product(flip(Variable(x), {0, 1}).value(), u) ==
              doctest::Approx(inner_product(x, flip(Variable(u), {0, 1}).value())));
    }
    TEST_CASE("names the axis that is wrong") {
        CHECK_THROWS_WITH_AS(flip(Variable(Array{1, 2}), {1}),
                             "flip: axis 1 is outside [-1, 1) of shape [2]", AxisError);
        CHECK_THROWS_WITH_AS(flip(Variable(Array{1, 2}), {0, -1}),
                             "flip: axis 0 of shape [2] is named twice in {0, -1}; name each axis "
                             "once",
                             AxisError);
    }
}
