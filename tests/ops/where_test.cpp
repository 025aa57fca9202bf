#include <xtape/ops/where.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("where") {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const Mask mask = {{true, false, false}, {false, true, true}};
    const Array a = {{1, 2, 3}, {4, 5, 6}};
    const Array b = {{10, 20, 30}, {40, 50, 60}};

    TEST_CASE("picks from one of two") {
        CHECK(where(mask, Variable(a), Variable(b)).value() == Array{{1, 20, 30}, {40, 5, 6}});
    }
    TEST_CASE("repeats the mask and both operands") {
        const Variable column(array_of({2, 1}, {-1, -2}));
        const Variable line(Array{7, 8, 9});
        CHECK(where(mask, column, line).value() == Array{{-1, 8, 9}, {7, -2, -2}});
        CHECK(where(mask, line, column).value() == Array{{7, -1, -1}, {-2, 8, 9}});
        CHECK(where(mask_of({2, 1}, {true, false}), Variable(a), line).value() ==
              Array{{1, 2, 3}, {7, 8, 9}});
        CHECK(where(mask_of({2, 1}, {true, false}), column, Variable(b)).value() ==
              Array{{-1, -1, -1}, {40, 50, 60}});
        CHECK(where(mask_of({}, {true}), Variable(Real(1)), line).value() == Array{1, 1, 1});
    }
    TEST_CASE("lets through inf and nan only where they are picked") {
        CHECK(where(Mask{true, false, true}, Variable(Array{-inf, NAN, 1}),
                    Variable(Array{NAN, 2, inf}))
                  .value() == Array{-inf, 2, 1});
    }
    TEST_CASE("of nothing is nothing") {
        const Variable none(Array::from_shape({0, 3}));
        CHECK(where(mask_of({3}, {true, false, true}), none, none).shape() == Shape{0, 3});
    }
    TEST_CASE("leaves numbers alone that others hold") {
        const Variable kept(b);
        CHECK(where(mask, Variable(a), kept).value() != b);
        CHECK(kept.value() == b);
    }

    TEST_CASE("returns the gradient to where the number was picked") {
        const Variable x(a);
        const Variable y(b);
        Tape tape;
        const Variable z = where(mask, x, y);
        const auto g = tape.gradients(z, Array{{1, 2, 3}, {4, 5, 6}}, {x, y});
        CHECK(g[0].value() == Array{{1, 0, 0}, {0, 5, 6}});
        CHECK(g[1].value() == Array{{0, 2, 3}, {4, 0, 0}});
    }
    TEST_CASE("adds up the gradients of what it repeated") {
        const Variable column(array_of({2, 1}, {-1, -2}));
        const Variable line(Array{7, 8, 9});
        Tape tape;
        const Variable z = where(mask, column, line);
        const auto g = tape.gradients(z, Array{{1, 2, 3}, {4, 5, 6}}, {column, line});
        CHECK(g[0].value() == array_of({2, 1}, {1, 11}));
        CHECK(g[1].value() == Array{4, 2, 3});
    }
    TEST_CASE("does not help an operand whose own derivative is infinite") {
        const Variable x(Array{0, 1});
        Tape tape;
        const Variable y = where(Mask{false, true}, log(x), Variable(Real(0)));
        CHECK(y.value() == Array{0, 0});
        CHECK(close(tape.gradients(y, Array{1, 1}, {x})[0].value(), {NAN, 1}));
    }

    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return where(mask, in[0], in[1]); };
        for (const Array& second : {b, Array{7, 8, 9}, array_of({2, 1}, {1, 2})}) {
            CHECK(gradient_check(f, {a, second}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {a, second}, {Stencil::linear}));
        }
    }
    TEST_CASE("refuses shapes that do not fit") {
        CHECK_THROWS_WITH_AS(where(mask, Variable(a), Variable(Array{1, 2})),
                             "where: shapes [2, 3] and [2] do not broadcast", ShapeError);
        CHECK_THROWS_WITH_AS(where(mask_of({2}, {true, true}), Variable(a), Variable(b)),
                             "where: shapes [2] and [2, 3] do not broadcast", ShapeError);
    }
}
