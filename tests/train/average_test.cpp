#include <xtape/train/average.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("moving average") {
    TEST_CASE("follows the parameters, quickly at first") {
        Variable x(Array{0, 8});
        MovingAverage average({x}, 0.15);
        x.assign(Array{1, 8});
        average.update();  // d = 1 / 10
        average.exchange();
        CHECK(close(x.value(), Array{0.9, 8}));
        average.exchange();
        CHECK(x.value() == Array{1, 8});
        average.update();  // d = 0.15, below 2 / 11
        average.exchange();
        CHECK(close(x.value(), Array{0.985, 8}));
    }
    TEST_CASE("waits until no tape records") {
        const Variable x(Array{1, 2});
        MovingAverage average({x}, 0.5);
        const Tape tape;
        CHECK_THROWS_WITH_AS(average.exchange(),
                             "MovingAverage: an exchange while a tape records would falsify its "
                             "gradients; take the gradients first",
                             TapeError);
    }
    TEST_CASE("refuses a decay that never forgets, or that is none") {
        for (const double wrong : {1.0, -0.1, 2.0}) {
            CHECK_THROWS_AS(MovingAverage({}, wrong), ValueError);
        }
        CHECK_THROWS_WITH(MovingAverage({}, 1.5), "MovingAverage: decay 1.5 is outside [0, 1)");
    }
}
