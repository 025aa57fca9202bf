#include <xtape/ops/relu.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/unary.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

const Array off_the_kinks = {{-2, -1.5, -0.75, -0.5}, {0.25, 0.75, 1.5, 3}};

void check_off_the_kinks(Unary f) {
    const Function apply = [f](const auto& in) { return f(in[0]); };
    CHECK(gradient_check(apply, {off_the_kinks}));
    CHECK(second_gradient_check(apply, {off_the_kinks}));
}

Variable bend(const Variable& x) {
    return relu(x);
}
Variable leak(const Variable& x) {
    return leaky_relu(x, 0.25);
}
Variable hold(const Variable& x) {
    return clamp(x, -1, 2);
}

}  // namespace

TEST_SUITE("relu") {
    TEST_CASE("keeps what is positive") {
        CHECK(relu(Variable(Array{-2, -0.0, 0, 1e-300, 3, inf, -inf})).value() ==
              Array{0, 0, 0, 1e-300, 3, inf, 0});
    }
    TEST_CASE("keeps nan") {
        CHECK(close(relu(Variable(Array{NAN, -1})).value(), {NAN, 0}));
    }
    TEST_CASE("leaves numbers alone that others hold") {
        const Variable x(Array{-1, 1});
        const Variable y = relu(x);
        CHECK(x.value() == Array{-1, 1});
        CHECK(y.value() == Array{0, 1});
    }

    TEST_CASE("passes the gradient of what is positive") {
        CHECK(gradient_of(bend, {-1, 0, -0.0, 1e-300, 2}, {5, 5, 5, 5, 6}) == Array{0, 0, 0, 5, 6});
    }
    TEST_CASE("stops even a gradient that is nan or inf") {
        CHECK(gradient_of(bend, {-1, 0, -1}, {NAN, inf, -inf}) == Array{0, 0, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_off_the_kinks(bend);
    }
}

TEST_SUITE("leaky_relu") {
    TEST_CASE("flattens what is negative") {
        CHECK(leaky_relu(Variable(Array{-2, 0, 3}), 0.25).value() == Array{-0.5, 0, 3});
        CHECK(leaky_relu(Variable(Array{-2, 0, 3})).value() == Array{-0.02, 0, 3});
        CHECK(close(leaky_relu(Variable(Array{NAN, -inf})).value(), {NAN, -inf}));
    }
    TEST_CASE("flattens its gradient as much") {
        CHECK(gradient_of(leak, {-1, 0, 2}, {4, 4, 4}) == Array{1, 1, 4});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_off_the_kinks(leak);
    }
}

TEST_SUITE("abs") {
    TEST_CASE("takes the sign away") {
        CHECK(close(abs(Variable(Array{-2, 0, 3, -inf, NAN})).value(), {2, 0, 3, inf, NAN}));
    }
    TEST_CASE("turns the gradient of what is negative, and stops it at 0") {
        CHECK(gradient_of(abs, {-2, 0, -0.0, 3}, {5, 5, NAN, 5}) == Array{-5, 0, 0, 5});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_off_the_kinks(abs);
    }
}

TEST_SUITE("clamp") {
    TEST_CASE("holds x between two bounds") {
        CHECK(close(clamp(Variable(Array{-5, -1, 0.5, 2, 7, inf, -inf, NAN}), -1, 2).value(),
                    {-1, -1, 0.5, 2, 2, 2, -1, NAN}));
    }
    TEST_CASE("passes the gradient of what is in bounds or on them") {
        CHECK(gradient_of(hold, {-5, -1, 0.5, 2, 7}, {NAN, 1, 2, 3, inf}) == Array{0, 1, 2, 3, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_off_the_kinks(hold);
    }
    TEST_CASE("refuses bounds that leave no room") {
        CHECK_THROWS_WITH_AS(clamp(Variable(Array{1}), 2, 1),
                             "clamp: low 2 is above high 1; low must not be larger", ValueError);
        CHECK_THROWS_AS(clamp(Variable(Array{1}), NAN, 1), ValueError);
        CHECK(clamp(Variable(Array{1, 3}), 2, 2).value() == Array{2, 2});
    }
}
