#include <xtape/nn/dropout.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("nn::dropout") {
    const Variable x(Array({1000}, 1));

    TEST_CASE("drops and scales up when it is given random numbers") {
        Random random(1);
        const Variable y = Dropout(0.75)(x, &random);
        std::size_t kept = 0;
        for (const Real value : y.value()) {
            REQUIRE((value == 0 || value == 4));
            kept += value == 4 ? 1 : 0;
        }
        CHECK(kept > 200);
        CHECK(kept < 300);
    }
    TEST_CASE("draws anew each time") {
        Random random(1);
        const Dropout dropout(0.5);
        CHECK_FALSE(dropout(x, &random).value() == dropout(x, &random).value());
    }
    TEST_CASE("does nothing without, or at rate 0") {
        Random random(1);
        CHECK(Dropout(0.75)(x).id() == x.id());
        CHECK(Dropout(0)(x, &random).id() == x.id());
    }
    TEST_CASE("refuses rates outside [0, 1)") {
        CHECK_THROWS_WITH_AS(Dropout(1), "Dropout: the rate 1 is outside [0, 1)", ValueError);
        CHECK_THROWS_AS(Dropout(-0.1), ValueError);
        CHECK_THROWS_AS(Dropout(std::nan("")), ValueError);
    }
}
