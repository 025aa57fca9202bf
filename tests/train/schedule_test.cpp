#include <xtape/train/schedule.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace xtape;

TEST_SUITE("inverse_square_root") {
    TEST_CASE("rises in a line, then falls with the root") {
        CHECK(inverse_square_root(0, 2, 100) == 0);
        CHECK(inverse_square_root(25, 2, 100) == 0.5);
        CHECK(inverse_square_root(100, 2, 100) == 2);
        CHECK(inverse_square_root(400, 2, 100) == 1);
        CHECK(inverse_square_root(10000, 2, 100) == doctest::Approx(0.2));
        CHECK(inverse_square_root(1, 2, 1) == 2);
    }
    TEST_CASE("needs a warm-up") {
        CHECK_THROWS_WITH_AS(inverse_square_root(1, 2, 0),
                             "inverse_square_root: the warm-up has 0 steps; it needs at least 1",
                             ValueError);
    }
}

TEST_SUITE("cool_down") {
    TEST_CASE("begins late and ends at zero") {
        for (const auto cool_down : {linear_cool_down, cosine_cool_down}) {
            CHECK(cool_down(0, 0.5) == 1);
            CHECK(cool_down(0.5, 0.5) == 1);
            CHECK(cool_down(0.75, 0.5) == doctest::Approx(0.5));
            CHECK(cool_down(1, 0.5) == 0);
            CHECK(cool_down(7, 0.5) == 0);
        }
        CHECK(linear_cool_down(0.25) == 0.75);
        CHECK(cosine_cool_down(0.25) == doctest::Approx(0.8535533905932737));
    }
    TEST_CASE("refuses to begin when all is over") {
        CHECK_THROWS_WITH_AS(linear_cool_down(0.5, 1),
                             "linear_cool_down: the start 1 is outside [0, 1)", ValueError);
        CHECK_THROWS_AS(cosine_cool_down(0.5, -1), ValueError);
    }
}
