#include <xtape/ops/reshape.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/permute.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("reshape") {
    const Array table = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("keeps the numbers in their order") {
        CHECK(reshape(Variable(table), Shape{3, 2}).value() == Array{{1, 2}, {3, 4}, {5, 6}});
        CHECK(reshape(Variable(table), {6}).value() == Array{1, 2, 3, 4, 5, 6});
        CHECK(reshape(Variable(array_of({1, 1}, {7})), Shape{}).item() == 7);
    }
    TEST_CASE("infers one extent") {
        CHECK(reshape(Variable(table), {-1}).shape() == Shape{6});
        CHECK(reshape(Variable(table), {3, -1}).shape() == Shape{3, 2});
        CHECK(reshape(Variable(Array::from_shape({0, 3})), {-1, 3}).shape() == Shape{0, 3});
    }
    TEST_CASE("reads a transposed matrix in its new order") {
        CHECK(reshape(transpose(Variable(table)), {6}).value() == Array{1, 4, 2, 5, 3, 6});
    }
    TEST_CASE("leaves a variable of that shape as it is") {
        const Variable x(table);
        CHECK(reshape(x, {2, -1}).id() == x.id());
    }
    TEST_CASE("does not change the variable that it reads") {
        const Variable x(table);
        CHECK(reshape(x, {6}).id() != x.id());
        CHECK(x.value() == table);
    }

    TEST_CASE("returns its gradient in the shape of x") {
        const Variable x(table);
        Tape tape;
        CHECK(tape.gradients(reshape(x, {3, 2}), Array{{1, 2}, {3, 4}, {5, 6}}, {x})[0].value() ==
              table);
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return reshape(in[0], {4, -1}); };
        CHECK(gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3, 2})}, {Stencil::linear}));
    }
    TEST_CASE("is the transpose of reshaping back") {  // <R x, u> = <x, R' u>
        const Array x = random_array({2, 6}, 1);
        const Array u = random_array({3, 4}, 2);
        CHECK(inner_product(reshape(Variable(x), {3, 4}).value(), u) ==
              doctest::Approx(inner_product(x, reshape(Variable(u), {2, 6}).value())));
    }

    TEST_CASE("names shapes of different sizes") {
        CHECK_THROWS_WITH_AS(
            reshape(Variable(table), {4, 2}),
            "reshape: shape [2, 3] has 6 elements and [4, 2] 8; they must be equal", ShapeError);
        CHECK_THROWS_WITH_AS(
            reshape(Variable(table), {4, -1}),
            "reshape: shape [2, 3] has 6 elements and [4, 1] 4; they must be equal", ShapeError);
    }
    TEST_CASE("names an extent that cannot be inferred") {
        CHECK_THROWS_WITH_AS(
            reshape(Variable(table), {-1, -1}),
            "reshape: shape [2, 3] to {-1, -1} leaves the -1 undetermined; only one "
            "extent can be inferred, and none beside a 0",
            ValueError);
        CHECK_THROWS_AS(reshape(Variable(Array::from_shape({0, 3})), {0, -1}), ValueError);
        CHECK_THROWS_WITH_AS(reshape(Variable(table), {-2, 3}),
                             "reshape: extent -2 in {-2, 3}; extents are not negative, but for one "
                             "-1",
                             ValueError);
    }
}

TEST_SUITE("unsqueeze") {
    TEST_CASE("puts an axis of extent 1 before another, or last") {
        const Variable x(Array{1, 2, 3});
        CHECK(unsqueeze(x, 0).value() == array_of({1, 3}, {1, 2, 3}));
        CHECK(unsqueeze(x, 1).value() == array_of({3, 1}, {1, 2, 3}));
        CHECK(unsqueeze(x, -1).shape() == Shape{3, 1});
        CHECK(unsqueeze(x, -2).shape() == Shape{1, 3});
        CHECK(unsqueeze(Variable(random_array({2, 3, 4})), 1).shape() == Shape{2, 1, 3, 4});
        CHECK(unsqueeze(Variable(Real(7)), 0).shape() == Shape{1});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return unsqueeze(in[0], 1); };
        CHECK(gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 3})}, {Stencil::linear}));
    }
    TEST_CASE("names the axis that cannot be") {
        CHECK_THROWS_AS(unsqueeze(Variable(Array{1, 2}), 2), AxisError);
        CHECK_THROWS_AS(unsqueeze(Variable(Array{1, 2}), -3), AxisError);
    }
}

TEST_SUITE("squeeze") {
    TEST_CASE("removes an axis of extent 1") {
        const Variable x(random_array({2, 1, 3}));
        CHECK(squeeze(x, 1).shape() == Shape{2, 3});
        CHECK(squeeze(x, -2).shape() == Shape{2, 3});
        CHECK(squeeze(Variable(array_of({1}, {7})), 0).shape() == Shape{});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return squeeze(in[0], 1); };
        CHECK(gradient_check(f, {random_array({2, 1, 3})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({2, 1, 3})}, {Stencil::linear}));
    }
    TEST_CASE("names the axis that cannot go") {
        CHECK_THROWS_WITH_AS(
            squeeze(Variable(Array{{1, 2}, {3, 4}}), -1),
            "squeeze: axis -1 of shape [2, 2] has extent 2; only an extent of 1 can "
            "go",
            ShapeError);
        CHECK_THROWS_WITH_AS(squeeze(Variable(Array{1, 2}), 1),
                             "squeeze: axis 1 is outside [-1, 1) of shape [2]", AxisError);
    }
}
