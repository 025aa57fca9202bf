#include <xtape/ops/exp.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double tiniest = std::numeric_limits<double>::denorm_min();

}  // namespace

TEST_SUITE("exp") {
    TEST_CASE("raises e to x") {
        CHECK(close(exp(Variable(Array{0, 1, -1})).value(), {1, std::exp(1.0), std::exp(-1.0)}));
    }
    TEST_CASE("covers the whole range of double") {
        const Array x = {709.75, 709.5, 700.5, -700.5, -708.5, -740, -800, 800, 1};
        const Array y = exp(Variable(x)).value();
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double expected = std::exp(x.data()[i]);
            CHECK((y.data()[i] == expected ||
                   std::abs(y.data()[i] - expected) <= 1e-15 * expected + tiniest));
        }
    }
    TEST_CASE("of infinity and nan is what IEEE says") {
        CHECK(close(exp(Variable(Array{-inf, inf, NAN})).value(), {0, inf, NAN}));
    }
    TEST_CASE("does not care where in an array a number stands") {
        const Array x = random_array({7}, -5, 5);
        const Array y = exp(Variable(x)).value();
        for (std::size_t i = 0; i < x.size(); ++i) {
            CHECK(exp(Variable(x.data()[i])).item() == y.data()[i]);
        }
    }
    TEST_CASE("of nothing is nothing") {
        CHECK(exp(Variable(Array::from_shape({2, 0, 3}))).shape() == Shape{2, 0, 3});
    }
    TEST_CASE("leaves numbers alone that others hold") {
        const Variable x(Array{0, 0});
        const Variable y = exp(x);
        CHECK(x.value() == Array{0, 0});
        CHECK(y.value() == Array{1, 1});
    }

    TEST_CASE("is its own derivative") {
        const Variable x(Array{0, 1});
        Tape tape;
        const Variable y = exp(x);
        CHECK(close(tape.gradients(y, Array{2, 3}, {x})[0].value(), {2, 3 * std::exp(1.0)}));
    }
    TEST_CASE("has no slope where it vanishes") {
        const Variable x(Array{-800, -inf});
        Tape tape;
        const Variable y = exp(x);
        CHECK(tape.gradients(y, Array{1, 1}, {x})[0].value() == Array{0, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return exp(in[0]); };
        CHECK(gradient_check(f, {random_array({2, 3})}));
        CHECK(second_gradient_check(f, {random_array({2, 3})}));
    }
}

TEST_SUITE("log") {
    TEST_CASE("undoes exp") {
        CHECK(close(log(Variable(Array{1, std::exp(1.0), 0.5})).value(), {0, 1, -std::log(2.0)}));
    }
    TEST_CASE("goes down to the tiniest number") {
        const double edge = std::numeric_limits<double>::min();
        CHECK(close(log(Variable(Array{tiniest, edge / 2, edge, 1e308})).value(),
                    {std::log(tiniest), std::log(edge / 2), std::log(edge), std::log(1e308)}));
    }
    TEST_CASE("of zero, of less, of infinity and of nan is what IEEE says") {
        CHECK(close(log(Variable(Array{0, -0.0, -1, inf, -inf, NAN})).value(),
                    {-inf, -inf, NAN, inf, NAN, NAN}));
    }
    TEST_CASE("has the slope 1 / x, at 0 infinite") {
        const Variable x(Array{4, 0.5, 0});
        Tape tape;
        const Variable y = log(x);
        CHECK(tape.gradients(y, Array{1, 1, -1}, {x})[0].value() == Array{0.25, 2, -inf});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return log(in[0]); };
        CHECK(gradient_check(f, {random_array({2, 3}, 1, 3)}));
        CHECK(second_gradient_check(f, {random_array({2, 3}, 1, 3)}));
    }
}

TEST_SUITE("log1p") {
    TEST_CASE("is log(1 + x)") {
        CHECK(
            close(log1p(Variable(Array{0, 1, -0.5})).value(), {0, std::log(2.0), -std::log(2.0)}));
    }
    TEST_CASE("keeps the digits of a small x") {
        CHECK(log1p(Variable(Array{1e-20, -1e-300})).value() == Array{1e-20, -1e-300});
    }
    TEST_CASE("of -1, of less, of infinity and of nan is what IEEE says") {
        CHECK(close(log1p(Variable(Array{-1, -2, inf, NAN})).value(), {-inf, NAN, inf, NAN}));
    }
    TEST_CASE("has the slope 1 / (1 + x)") {
        const Variable x(Array{0, 1, 3});
        Tape tape;
        const Variable y = log1p(x);
        CHECK(tape.gradients(y, Array{1, 1, 8}, {x})[0].value() == Array{1, 0.5, 2});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return log1p(in[0]); };
        CHECK(gradient_check(f, {random_array({2, 3}, -0.5, 2)}));
        CHECK(second_gradient_check(f, {random_array({2, 3}, -0.5, 2)}));
    }
}
