#include <xtape/ops/concat.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("concat") {
    const Array rows = {{1, 2}, {3, 4}};
    const Array row = array_of({1, 2}, {5, 6});
    const Array column = array_of({2, 1}, {7, 8});

    TEST_CASE("puts parts one after the other") {
        CHECK(concat({Variable(rows), Variable(row)}, 0).value() == Array{{1, 2}, {3, 4}, {5, 6}});
        CHECK(concat({Variable(column), Variable(rows)}, -1).value() ==
              Array{{7, 1, 2}, {8, 3, 4}});
        CHECK(
            concat({Variable(Array{1, 2}), Variable(Array{3, 4}), Variable(array_of({1}, {5}))}, 0)
                .value() == Array{1, 2, 3, 4, 5});
        CHECK(concat({Variable(rows)}, 0).value() == rows);
    }
    TEST_CASE("joins in the middle") {
        const Variable x(array_of({2, 1, 2}, {1, 2, 3, 4}));
        const Variable y(array_of({2, 2, 2}, {5, 6, 7, 8, 9, 10, 11, 12}));
        CHECK(concat({x, y}, 1).value() ==
              array_of({2, 3, 2}, {1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12}));
    }
    TEST_CASE("takes empty parts") {
        const Variable none(Array::from_shape({0, 2}));
        CHECK(concat({none, Variable(rows), none}, 0).value() == rows);
        CHECK(concat({none, none}, 0).shape() == Shape{0, 2});
        CHECK(concat({none, none}, 1).shape() == Shape{0, 4});
    }

    TEST_CASE("cuts its gradient into the parts'") {
        const Variable x(column);
        const Variable y(rows);
        const Variable none(Array::from_shape({2, 0}));
        Tape tape;
        const auto g =
            tape.gradients(concat({x, none, y}, 1), Array{{1, 2, 3}, {4, 5, 6}}, {x, none, y});
        CHECK(g[0].value() == array_of({2, 1}, {1, 4}));
        CHECK(g[1].shape() == Shape{2, 0});
        CHECK(g[2].value() == Array{{2, 3}, {5, 6}});
    }
    TEST_CASE("adds the gradients of a part that appears twice") {
        const Variable x(row);
        Tape tape;
        CHECK(tape.gradients(concat({x, x}, 0), Array{{1, 2}, {10, 20}}, {x})[0].value() ==
              array_of({1, 2}, {11, 22}));
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {0, 1, -1}) {
            const Function f = [=](const auto& in) { return concat({in[0], in[1], in[0]}, axis); };
            const std::vector<Array> inputs = {random_array({2, 2, 2}, 1),
                                               random_array({2, 2, 2}, 2)};
            CHECK(gradient_check(f, inputs, {Stencil::linear}));
            CHECK(second_gradient_check(f, inputs, {Stencil::linear}));
        }
    }
    TEST_CASE("is the transpose of cutting") {  // <concat(x, y), u> = <x, u_x> + <y, u_y>
        const Variable x(random_array({2, 3, 2}, 1));
        const Variable y(random_array({2, 4, 2}, 2));
        const Array u = random_array({2, 7, 2}, 3);
        Tape tape;
        const Variable z = concat({x, y}, 1);
        const auto g = tape.gradients(z, u, {x, y});
        CHECK(inner_product(z.value(), u) ==
              doctest::Approx(inner_product(x.value(), g[0].value()) +
                              inner_product(y.value(), g[1].value())));
    }

    TEST_CASE("names the part that does not fit") {
        CHECK_THROWS_WITH_AS(
            concat({Variable(rows), Variable(row), Variable(column)}, 0),
            "concat: part 0 has shape [2, 2] and part 2 [2, 1]; but for axis 0 they "
            "must be equal",
            ShapeError);
        CHECK_THROWS_WITH_AS(concat({Variable(rows), Variable(Array{1, 2})}, 0),
                             "concat: part 0 has shape [2, 2] and part 1 [2]; but for axis 0 they "
                             "must be equal",
                             ShapeError);
    }
    TEST_CASE("needs a part and an axis") {
        CHECK_THROWS_WITH_AS(concat({}, 0), "concat: there are no parts; at least one is needed",
                             ValueError);
        CHECK_THROWS_WITH_AS(concat({Variable(rows)}, 2),
                             "concat: axis 2 is outside [-2, 2) of shape [2, 2]", AxisError);
        CHECK_THROWS_AS(concat({Variable(Real(1)), Variable(Real(2))}, 0), AxisError);
    }
}
