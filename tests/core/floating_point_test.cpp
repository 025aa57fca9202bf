// What the library is told not to assume, and -ffast-math would: the tests fail if it sneaks in.

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

TEST_SUITE("floating point") {
    // volatile, so that the machine is asked and not the compiler
    const volatile double zero = 0;
    const volatile double infinity = std::numeric_limits<double>::infinity();

    TEST_CASE("has a nan, which is not equal to itself") {
        const double nan = zero / zero;
        CHECK(std::isnan(nan));
        CHECK(nan != nan);
        CHECK(std::isnan(infinity - infinity));
        CHECK(std::isnan(infinity * zero));
    }
    TEST_CASE("has infinities") {
        CHECK(1 / zero == infinity);
        CHECK(std::isinf(infinity));
        CHECK(-infinity < std::numeric_limits<double>::lowest());
    }
    TEST_CASE("has a zero that keeps its sign") {
        CHECK(1 / -zero == -infinity);
        CHECK(std::signbit(zero * -1));
    }
    TEST_CASE("adds in the order that is written") {
        const volatile double given = 1e16;
        const double large = given;
        CHECK((1 + large) - large == 0);
    }
    TEST_CASE("has numbers between zero and the smallest normal one") {
        const volatile double smallest = std::numeric_limits<double>::min();
        CHECK(smallest / 4 > 0);
    }
}
