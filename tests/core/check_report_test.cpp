#include <xtape/core/gradient_check.hpp>

#include <cmath>
#include <sstream>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

TEST_SUITE("CheckReport") {
    const CheckOptions linear{Stencil::linear};
    const Array two = {0.5, -3};

    TEST_CASE("names a wrong factor") {
        const Function f = doubled_with([](Variable g) { return scale(std::move(g), 2.5); });
        const CheckReport report = gradient_check(f, {two}, linear);
        REQUIRE(report.mismatches.size() == 2);
        CHECK(report.mismatches[1].input == 0);
        CHECK(report.mismatches[1].place == Shape{1});
        CHECK(report.mismatches[1].analytic ==
              doctest::Approx(1.25 * report.mismatches[1].numeric));
        CHECK(to_string(report) ==
              "gradient check FAILED\n"
              "  2 of 2 entries differ\n"
              "  worst: input 0 at [0]: analytic 3.486711791, numeric 2.789369433, difference "
              "0.697, allowed 2.89e-09, ratio 1.25\n"
              "  analytic / numeric is 1.25 for all of them: a wrong factor, not noise\n"
              "  path: Double\n"
              "  seed: 1\n");
    }
    TEST_CASE("names a path that is missing") {
        const Function f = [](const auto& in) {
            Array y = in[0].value();
            y *= in[1].value();
            return record("Mul", std::move(y),
                          Input{in[0], [b = in[1]](const Variable& g) { return g * b; }},
                          Input{in[1], zeros_like});
        };
        CHECK(to_string(gradient_check(f, {two, Array{7, 8}}, linear)) ==
              "gradient check FAILED\n"
              "  2 of 4 entries differ\n"
              "  worst: input 1 at [1]: analytic 0, numeric -3.63380423, difference 3.63, allowed "
              "3.73e-09, ratio 0\n"
              "  first: input 1 at [0]: analytic 0, numeric 0.6973423582, difference 0.697, "
              "allowed 7.97e-10, ratio 0\n"
              "  the rule returns 0 where the function changes: a path is missing\n"
              "  path: Mul\n"
              "  seed: 1\n");
    }
    TEST_CASE("shows a rule that is wrong in no simple way") {
        const Function f = squared_with(
            [](const Variable& x, const Variable& g) { return scale(g * x, 2) + scale(g, 0.25); });
        CHECK(to_string(gradient_check(f, {two})) ==
              "gradient check FAILED\n"
              "  2 of 2 entries differ\n"
              "  worst: input 0 at [0]: analytic 1.743355895, numeric 1.394684716, difference "
              "0.349, allowed 1.49e-09, ratio 1.25\n"
              "  path: Square\n"
              "  seed: 1\n");
    }
    TEST_CASE("shows where one entry of many is wrong") {
        const Function f = doubled_with([](const Variable& g) {
            Array dx = g.value();
            dx *= 2;
            dx.data()[4] = -dx.data()[4];
            return Variable(dx);
        });
        CHECK(to_string(gradient_check(f, {random_array({2, 3})}, linear)) ==
              "gradient check FAILED\n"
              "  1 of 6 entries differ\n"
              "  worst: input 0 at [1, 1]: analytic 2.113000466, numeric -2.113000466, difference "
              "4.23, allowed 2.21e-09, ratio -1\n"
              "  path: Double\n"
              "  seed: 1\n");
    }
    TEST_CASE("names a rule that ignores g") {
        const Function f =
            doubled_with([](const Variable& g) { return Variable(Array(g.shape(), 2)); });
        CHECK(to_string(gradient_check(f, {two}, linear)) ==
              "gradient check FAILED: a zero cotangent gives a gradient that is not zero: a rule "
              "ignores g\n"
              "  path: Double\n"
              "  seed: 1\n");
        CHECK_FALSE(gradient_check(f, {Array({}, 1)}, linear));  // of a single number, too
    }
    TEST_CASE("names a rule that returns NaN") {
        const Function f = doubled_with([](Variable g) { return scale(std::move(g), NAN); });
        CHECK(to_string(gradient_check(f, {two}, linear)) ==
              "gradient check FAILED\n"
              "  2 of 2 entries differ\n"
              "  worst: input 0 at [0]: analytic nan, numeric 2.789369433, difference nan, allowed "
              "2.89e-09, ratio nan\n"
              "  the rule returns NaN\n"
              "  path: Double\n"
              "  seed: 1\n");
    }
    TEST_CASE("names an f that is not deterministic") {
        Real calls = 0;
        const Function f = [&calls](const auto& in) { return shift(in[0], ++calls); };
        CHECK(to_string(gradient_check(f, {two}, linear)) ==
              "gradient check FAILED: f is not deterministic: two calls at the same inputs differ\n"
              "  path: Shift\n"
              "  seed: 1\n");
    }
    TEST_CASE("names an f that changes its inputs") {
        const Function f = [](const auto& in) {
            const_cast<Array&>(in[1].value())(0) = 7;
            return scale(in[0], 2);
        };
        CHECK(to_string(gradient_check(f, {two, two}, linear)) ==
              "gradient check FAILED: f changed the numbers of input 1\n"
              "  path: Scale\n"
              "  seed: 1\n");
    }
    TEST_CASE("shows a rule that is right but cannot be differentiated") {
        const Function f = squared_with([](const Variable& x, const Variable& g) {
            Array dx = g.value();
            dx *= x.value();
            dx *= 2;
            return Variable(dx);  // nobody saw where these numbers come from
        });
        CHECK(gradient_check(f, {two}));
        CHECK(to_string(second_gradient_check(f, {two})) ==
              "gradient check FAILED: in the gradient of input 0 (input 1 is the cotangent)\n"
              "  4 of 4 entries differ\n"
              "  worst: input 1 at [1]: analytic 0, numeric -7.267608459, difference 7.27, allowed "
              "7.37e-09, ratio 0\n"
              "  first: input 0 at [0]: analytic 0, numeric -2.781782685, difference 2.78, allowed "
              "2.88e-09, ratio 0\n"
              "  the rule returns 0 where the function changes: a path is missing\n"
              "  path: Square\n"
              "  seed: 1\n");
    }
    TEST_CASE("shows a rule whose own rule is wrong") {
        const Function f = squared_with([](const Variable& x, const Variable& g) {
            Array dx = g.value();
            dx *= x.value();
            dx *= 2;
            return record("Slope", std::move(dx),
                          Input{x, [g](const Variable& h) { return scale(g * h, 3); }},
                          Input{g, [x](const Variable& h) { return scale(x * h, 2); }});
        });
        CHECK(gradient_check(f, {two}));
        CHECK(to_string(second_gradient_check(f, {two})) ==
              "gradient check FAILED: in the gradient of input 0 (input 1 is the cotangent)\n"
              "  2 of 4 entries differ\n"
              "  worst: input 0 at [0]: analytic -4.172674027, numeric -2.781782685, difference "
              "1.39, allowed 2.88e-09, ratio 1.5\n"
              "  analytic / numeric is 1.5 for all of them: a wrong factor, not noise\n"
              "  path: Slope <- Square\n"
              "  seed: 1\n");
    }
    TEST_CASE("prints NaN as the worst, and leaves the stream's format alone") {
        CheckReport report;
        report.entries = 3;
        report.mismatches = {
            {0, {0}, 1, 9, 1e-10}, {0, {1}, -NAN, 1, 1e-10}, {0, {2}, 2, 1, 1e-10}};
        report.path = "Exp";
        report.seed = 9;
        std::ostringstream out;
        out << report << 0.123456789;
        CHECK(out.str() ==
              "gradient check FAILED\n"
              "  3 of 3 entries differ\n"
              "  worst: input 0 at [1]: analytic nan, numeric 1, difference nan, allowed 1e-10, "
              "ratio nan\n"
              "  first: input 0 at [0]: analytic 1, numeric 9, difference 8, allowed 1e-10, ratio "
              "0.111111\n"
              "  path: Exp\n"
              "  seed: 9\n"
              "0.123457");
    }
}
