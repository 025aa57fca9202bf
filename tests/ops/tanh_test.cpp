#include <xtape/ops/tanh.hpp>

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

Variable through_tanh(const Variable& x) {
    return tanh(x);
}
Variable through_sigmoid(const Variable& x) {
    return sigmoid(x);
}

}  // namespace

TEST_SUITE("tanh") {
    TEST_CASE("is odd, and saturates at -1 and 1") {
        CHECK(close(tanh(Variable(Array{0, 1, -1, 800, -800, inf, -inf, NAN})).value(),
                    {0, std::tanh(1.0), -std::tanh(1.0), 1, -1, 1, -1, NAN}));
    }
    TEST_CASE("keeps the digits of a small x") {
        CHECK(tanh(Variable(Array{1e-20, -1e-300})).value() == Array{1e-20, -1e-300});
    }
    TEST_CASE("has the slope 1 - y^2, which is 0 where it saturates") {
        CHECK(gradient_of(through_tanh, {0, 800, -800}, {3, 1, 1}) == Array{3, 0, 0});
        const double y = std::tanh(1.0);
        CHECK(close(gradient_of(through_tanh, {1}, {1}), {1 - y * y}));
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(through_tanh);
    }
}

TEST_SUITE("sigmoid") {
    TEST_CASE("is 1/2 at 0, and saturates at 0 and 1") {
        CHECK(close(sigmoid(Variable(Array{0, 1, 800, -800, inf, -inf, NAN})).value(),
                    {0.5, 1 / (1 + std::exp(-1.0)), 1, 0, 1, 0, NAN}));
    }
    TEST_CASE("keeps its digits far below 0") {
        CHECK(sigmoid(Variable(Real(-600))).item() ==
              doctest::Approx(std::exp(-600.0)).epsilon(1e-15).scale(0));
    }
    TEST_CASE("has the slope y (1 - y), which is 0 where it saturates") {
        CHECK(gradient_of(through_sigmoid, {0, 800, -800}, {4, 1, 1}) == Array{1, 0, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(through_sigmoid);
    }
}

TEST_SUITE("softplus") {
    TEST_CASE("is a smooth max(x, 0)") {
        CHECK(close(softplus(Variable(Array{0, 1, 800, -800, inf, -inf, NAN})).value(),
                    {std::log(2.0), std::log1p(std::exp(1.0)), 800, 0, inf, 0, NAN}));
    }
    TEST_CASE("keeps its digits far below 0") {
        CHECK(softplus(Variable(Real(-600))).item() ==
              doctest::Approx(std::exp(-600.0)).epsilon(1e-15).scale(0));
    }
    TEST_CASE("has the slope sigmoid x") {
        CHECK(gradient_of(softplus, {0, 800, -800}, {2, 3, 1}) == Array{1, 3, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(softplus);
    }
}

TEST_SUITE("log_sigmoid") {
    TEST_CASE("is a smooth min(x, 0)") {
        CHECK(close(log_sigmoid(Variable(Array{0, 1, 800, -800, inf, -inf, NAN})).value(),
                    {-std::log(2.0), -std::log1p(std::exp(-1.0)), 0, -800, 0, -inf, NAN}));
    }
    TEST_CASE("is exact where sigmoid underflows") {
        CHECK(log_sigmoid(Variable(Real(-1e300))).item() == -1e300);
    }
    TEST_CASE("has the slope sigmoid(-x)") {
        CHECK(gradient_of(log_sigmoid, {0, 800, -800}, {2, 1, 3}) == Array{1, 0, 3});
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(log_sigmoid);
    }
    TEST_CASE("keeps the digits of its second derivative where that is small") {  // nearly -e^-x
        const Variable x(Real(30));
        Tape outer;
        Tape inner;
        const Variable slope = inner.gradients(log_sigmoid(x), {x})[0];
        const double bend = outer.gradients(slope, {x})[0].item();
        CHECK(bend / -9.357622968838424e-14 == doctest::Approx(1).epsilon(1e-12));
    }
}

TEST_SUITE("erf") {
    TEST_CASE("is odd, and saturates at -1 and 1") {
        CHECK(close(erf(Variable(Array{0, 1, -2.2, 1e100, -800, inf, NAN})).value(),
                    {0, std::erf(1.0), std::erf(-2.2), 1, -1, 1, NAN}, 1e-15));
    }
    TEST_CASE("has the slope 2 / sqrt(pi) e^(-x^2)") {
        const double peak = 2 / std::sqrt(std::acos(-1.0));
        CHECK(close(gradient_of(erf, {0, 1, 800}, {1, 1, 1}), {peak, peak * std::exp(-1.0), 0}));
    }
    TEST_CASE("has the right first and second derivatives") {
        check_derivatives(erf);
    }
}
