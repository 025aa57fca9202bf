#include <xtape/core/gradient_check.hpp>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

TEST_SUITE("CheckReport") {
    TEST_CASE("shows the worst entry, the first, and the operator to blame") {
        const Function f = [](const auto& in) {
            const Variable y = exp(in[0]);
            return record("Square", Array((y * y).value()),
                          Input{y, [y](const Variable& g) { return g * y; }});
        };
        CHECK(to_string(gradient_check(f, {Array{0.5, 0}})) ==
              "gradient check FAILED\n"
              "  2 of 4 entries differ\n"
              "  worst: input 0 at [0], output at [0]: analytic 2.718281828, numeric 5.436563657, "
              "difference 2.72, allowed 5.55e-09, ratio 0.5\n"
              "  analytic / numeric is 0.5 for all of them: a wrong factor, not noise\n"
              "  way back, from the output:\n"
              "    #3  Square  [2]  <- #1\n"
              "        ^ its own rule, towards #1, is wrong: along a random direction -3.34054 by "
              "the "
              "rule, -6.68108 by differences, ratio 0.5\n"
              "    #1  Exp  [2]  <- input 0\n"
              "  method: differences over 7 points with step 2^-7 max(1, |x|)\n"
              "  repeat: XTAPE_SEED=1\n");
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
        CHECK(gradient_check(f, {Array{0.5, -3}}));
        CHECK(to_string(second_gradient_check(f, {Array{0.5, -3}})) ==
              "gradient check FAILED: in the gradient of input 0 (input 1 is the cotangent)\n"
              "  2 of 8 entries differ\n"
              "  worst: input 0 at [1], output at [1]: analytic -2.784793431, numeric "
              "-1.856528954, difference 0.928, allowed 1.96e-09, ratio 1.5\n"
              "  first: input 0 at [0], output at [0]: analytic 2.279406436, numeric 1.519604291, "
              "difference 0.76, allowed 1.6e-09, ratio 1.5\n"
              "  analytic / numeric is 1.5 for all of them: a wrong factor, not noise\n"
              "  way back, from the output:\n"
              "    #2  Slope  [2]  <- input 0, input 1\n"
              "        ^ its own rule, towards input 0, is wrong: along a random direction 4.97168 "
              "by the rule, 3.31445 by differences, ratio 1.5\n"
              "  method: differences over 7 points with step 2^-7 max(1, |x|)\n"
              "  repeat: XTAPE_SEED=1\n");
    }
    TEST_CASE("says that nothing is on the tape") {
        const Function f = [](const auto& in) { return Variable(Array(in[0].value())); };
        CHECK(to_string(gradient_check(f, {Array{0.5, -3}}, {Stencil::linear})) ==
              "gradient check FAILED\n"
              "  2 of 4 entries differ\n"
              "  worst: input 0 at [0], output at [0]: analytic 0, numeric 1, difference 1, "
              "allowed 2e-12, ratio 0\n"
              "  the rule returns 0 where the function changes: a path is missing, or one share "
              "overwrites another\n"
              "  way back: none, the output does not depend on any input by what is on the tape\n"
              "  method: central differences with step max(1, |x|)\n"
              "  repeat: XTAPE_SEED=1\n");
    }
    TEST_CASE("shows the first twenty steps of a long way, and every fault") {
        CheckReport report;
        report.problem = "something";
        for (std::size_t k = 30; k > 0; --k) {
            report.path.push_back({k, "Exp", {2}, {"#1"}, k == 3 ? "its rule is wrong" : ""});
        }
        const std::string printed = to_string(report);
        CHECK(printed.find("    #11  Exp  [2]  <- #1\n    #3  Exp  [2]  <- #1\n"
                           "        ^ its rule is wrong\n    and 9 more\n") != std::string::npos);
    }
    TEST_CASE("prints NaN as the worst, and leaves the stream's format alone") {
        CheckReport report;
        report.entries = 3;
        report.differing = 3;
        report.mismatches = {{0, Shape{0}, Shape{}, 1, 9, 1e-10},
                             {0, Shape{1}, Shape{}, -NAN, 1, 1e-10},
                             {0, Shape{2}, Shape{}, 2, 1, 1e-10}};
        report.path = {{1, "Exp", {3}, {"input 0"}, ""}};
        report.method = "central differences with step 1";
        report.seed = 9;
        std::ostringstream out;
        out << report << 0.123456789;
        CHECK(out.str() ==
              "gradient check FAILED\n"
              "  3 of 3 entries differ\n"
              "  worst: input 0 at [1], output at []: analytic nan, numeric 1, difference nan, "
              "allowed 1e-10, ratio nan\n"
              "  first: input 0 at [0], output at []: analytic 1, numeric 9, difference 8, allowed "
              "1e-10, ratio 0.111111\n"
              "  way back, from the output:\n"
              "    #1  Exp  [3]  <- input 0\n"
              "    each of them passes its own check\n"
              "  method: central differences with step 1\n"
              "  repeat: XTAPE_SEED=9\n"
              "0.123457");
    }
}

TEST_SUITE("default_seed") {
    struct Environment {
        explicit Environment(const char* seed) { setenv("XTAPE_SEED", seed, 1); }
        ~Environment() { unsetenv("XTAPE_SEED"); }
    };

    TEST_CASE("is what XTAPE_SEED says, and chooses every random number") {
        const Function f = doubled_with([](Variable g) { return scale(std::move(g), 3); });
        const auto report = [&f](const char* seed) {
            const Environment environment(seed);
            return to_string(gradient_check(f, {Array{0.5, -3}}, {Stencil::linear}));
        };
        CHECK(report("5") == report("0x5"));
        CHECK(report("5") != report("6"));
        CHECK(report("5").find("  repeat: XTAPE_SEED=5\n") != std::string::npos);
        CHECK(report("") == report("1"));
        CHECK(report("010") == report("10"));
    }
    TEST_CASE("refuses what is no number") {
        for (const char* seed : {"five", "5x", "-1", " 5", "99999999999999999999999"}) {
            const Environment environment(seed);
            CHECK_THROWS_WITH_AS(
                CheckOptions(),
                ("XTAPE_SEED: '" + std::string(seed) + "' is not a number of at most 64 bits")
                    .c_str(),
                ValueError);
        }
    }
}
