#include <xtape/core/plus.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("plus") {
    TEST_CASE("adds, and passes its gradient to both") {
        const Variable a(Array{1, 2});
        const Variable b(Array{10, 20});
        Tape tape;
        const Variable y = plus(a, b);
        CHECK(y.value() == Array{11, 22});
        const auto g = tape.gradients(y, Array{3, 4}, {a, b});
        CHECK(g[0].value() == Array{3, 4});
        CHECK(g[1].value() == Array{3, 4});
    }
    TEST_CASE("overwrites an operand that nobody else holds, whichever it is") {
        const Variable a(Array{1, 2});
        for (const bool is_first : {true, false}) {
            Variable own(Array{10, 20});
            const Real* const numbers = own.value().data();
            const Variable y = is_first ? plus(std::move(own), a) : plus(a, std::move(own));
            CHECK(y.value() == Array{11, 22});
            CHECK(y.value().data() == numbers);
            CHECK(a.value() == Array{1, 2});
        }
    }
    TEST_CASE("does not broadcast") {
        CHECK_THROWS_WITH_AS(plus(Variable(Array{1, 2}), Variable(Real(1))),
                             "add: shapes [2] and [] differ", ShapeError);
    }
}
