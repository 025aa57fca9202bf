#include <xtape/ops/gelu.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/unary.hpp"

using namespace xtape;

TEST_SUITE("gelu") {
    TEST_CASE("weighs x by the chance that a normal number is below it") {
        const double chance = std::erfc(-std::sqrt(0.5)) / 2;  // 84 %
        CHECK(close(gelu(Variable(Array{0, 1, -1, 40, -40, NAN})).value(),
                    {0, chance, chance - 1, 40, 0, NAN}));
    }
    TEST_CASE("keeps its digits far below 0") {
        CHECK(gelu(Variable(Real(-20))).item() ==
              doctest::Approx(-10 * std::erfc(20 * std::sqrt(0.5))).epsilon(1e-14).scale(0));
    }
    TEST_CASE("has the slope 1/2 at 0, and 0 or 1 far away") {
        CHECK(gradient_of(gelu, {0, 40, -40}, {2, 3, 3}) == Array{1, 3, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(gelu);
    }
}

TEST_SUITE("gelu_tanh") {
    TEST_CASE("is gelu with a tanh in place of erf") {
        const double u = std::sqrt(2 / std::acos(-1.0)) * 1.044715;
        CHECK(close(gelu_tanh(Variable(Array{0, 1, -1, 1e120, -1e120, NAN})).value(),
                    {0, (1 + std::tanh(u)) / 2, (std::tanh(u) - 1) / 2, 1e120, 0, NAN}));
    }
    TEST_CASE("stays close to gelu, but is not the same, nor is its gradient") {
        const Array x = random_array({1000}, -4, 4);
        CHECK(close(gelu_tanh(Variable(x)).value(), gelu(Variable(x)).value(), 5e-4));
        CHECK_FALSE(close(gelu_tanh(Variable(x)).value(), gelu(Variable(x)).value(), 1e-4));
        const Array ones(x.shape(), 1);
        CHECK_FALSE(close(gradient_of(gelu_tanh, x, ones), gradient_of(gelu, x, ones), 1e-4));
    }
    TEST_CASE("has the slope 1/2 at 0, and 0 or 1 far away, however far") {
        CHECK(gradient_of(gelu_tanh, {0, 40, -40, 1e120, -1e300}, {2, 3, 3, 3, 3}) ==
              Array{1, 3, 0, 3, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(gelu_tanh);
    }
}

TEST_SUITE("silu") {
    TEST_CASE("weighs x by its sigmoid") {
        const double weight = 1 / (1 + std::exp(-1.0));  // 73 %
        CHECK(close(silu(Variable(Array{0, 1, -1, 800, -800, NAN})).value(),
                    {0, weight, weight - 1, 800, 0, NAN}));
    }
    TEST_CASE("has the slope 1/2 at 0, and 0 or 1 far away") {
        CHECK(gradient_of(silu, {0, 800, -800}, {2, 3, 3}) == Array{1, 3, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(silu);
    }
}
