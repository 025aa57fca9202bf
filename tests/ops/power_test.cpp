#include <xtape/ops/power.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/unary.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Variable root(const Variable& x) {
    return sqrt(x);
}
Variable inverse_root(const Variable& x) {
    return rsqrt(x);
}
Variable inverse(const Variable& x) {
    return reciprocal(x);
}

}  // namespace

TEST_SUITE("square") {
    TEST_CASE("multiplies x with itself") {
        CHECK(close(square(Variable(Array{3, -2, 0, -inf, NAN})).value(), {9, 4, 0, inf, NAN}));
    }
    TEST_CASE("has the slope 2 x") {
        CHECK(gradient_of(square, {3, -2, 0}, {1, 10, 1}) == Array{6, -40, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(square, -1, 1);
    }
}

TEST_SUITE("sqrt") {
    TEST_CASE("is the root") {
        CHECK(close(sqrt(Variable(Array{4, 2, 0, inf})).value(), {2, std::sqrt(2.0), 0, inf}));
    }
    TEST_CASE("of less than 0 and of nan is nan") {
        CHECK(close(sqrt(Variable(Array{-1, NAN})).value(), {NAN, NAN}));
    }
    TEST_CASE("has the slope 1 / (2 y), at 0 infinite") {
        CHECK(gradient_of(root, {4, 0.25, 0}, {1, 1, -1}) == Array{0.25, 1, -inf});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(root, 1, 3);
    }
}

TEST_SUITE("rsqrt") {
    TEST_CASE("is 1 over the root") {
        CHECK(close(rsqrt(Variable(Array{4, 0.25, 0, -1})).value(), {0.5, 2, inf, NAN}));
    }
    TEST_CASE("has the slope -y^3 / 2") {
        CHECK(gradient_of(inverse_root, {4, 0.25}, {1, 1}) == Array{-0.0625, -4});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(inverse_root, 1, 3);
    }
}

TEST_SUITE("reciprocal") {
    TEST_CASE("is 1 over x") {
        CHECK(reciprocal(Variable(Array{2, -4, 0, -0.0, inf})).value() ==
              Array{0.5, -0.25, inf, -inf, 0});
    }
    TEST_CASE("has the slope -y^2, at 0 infinite") {
        CHECK(gradient_of(inverse, {2, -4, 0}, {1, 16, -1}) == Array{-0.25, -1, inf});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(inverse, 1, 3);
    }
}

TEST_SUITE("pow") {
    TEST_CASE("raises x to a power") {
        CHECK(close(pow(Variable(Array{2, -2, 0.5}), 3).value(), {8, -8, 0.125}));
        CHECK(close(pow(Variable(Array{2, -2, 0}), -1).value(), {0.5, -0.5, inf}));
        CHECK(close(pow(Variable(Array{4, 0, -4}), 0.5).value(), {2, 0, NAN}));
    }
    TEST_CASE("is 1 for the power 0, whatever x is") {
        CHECK(pow(Variable(Array{2, 0, NAN, inf}), 0).value() == Array{1, 1, 1, 1});
    }
    TEST_CASE("has the slope p x^(p - 1)") {
        CHECK(gradient_of([](const Variable& x) { return pow(x, 3); }, {2, -1, 0}, {1, 1, 1}) ==
              Array{12, 3, 0});
        CHECK(gradient_of([](const Variable& x) { return pow(x, 1); }, {2, -1, 0}, {1, 2, 3}) ==
              Array{1, 2, 3});
        CHECK(gradient_of([](const Variable& x) { return pow(x, 0.5); }, {0, 4}, {1, 1}) ==
              Array{inf, 0.25});
    }
    TEST_CASE("has no slope for the power 0, not even at 0") {
        CHECK(gradient_of([](const Variable& x) { return pow(x, 0); }, {0, 2}, {1, 1}) ==
              Array{0, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives([](const Variable& x) { return pow(x, 3); }, -1, 1);
        check_derivatives([](const Variable& x) { return pow(x, 2); }, -1, 1);
        check_derivatives([](const Variable& x) { return pow(x, 1); }, -1, 1);
        check_derivatives([](const Variable& x) { return pow(x, 0); }, -1, 1);
        check_derivatives([](const Variable& x) { return pow(x, -1.5); }, 1, 3);
    }
}
