// Which operator of many is to blame.

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

TEST_SUITE("gradient_check names") {
    TEST_CASE("the one wrong operator among many") {
        const Function f = [](const auto& in) {
            const Variable a = tanh(in[0]) * in[1];
            const Variable wrong =
                record("Cube", Array((a * a * a).value()),
                       Input{a, [a](const Variable& g) { return scale(g * a * a, 2); }});
            return log_softmax(matmul(wrong, in[1]) + exp(wrong) * a, -1);
        };
        const CheckReport report =
            gradient_check(f, {random_array({3, 3}, 1), random_array({3, 3}, 2)});
        CHECK(report.differing > 0);
        CHECK(fault_in(report).rfind("#5 Cube: its own rule, towards #2, is wrong: along a random "
                                     "direction ",
                                     0) == 0);
    }
    TEST_CASE("nobody, where f takes another way when it is moved") {
        const auto wrong = doubled_with([](Variable g) { return scale(std::move(g), 3); });
        const Function branches = [wrong](const auto& in) {
            const Variable x = in[0].value()(0) == 0.5 ? exp(in[0]) : sin(in[0]);
            return wrong({x});
        };
        const CheckReport other_way = gradient_check(branches, {two});
        CHECK_FALSE(other_way);
        CHECK(fault_in(other_way).find("Exp") == std::string::npos);
    }
    TEST_CASE("the inputs that differ, and no others") {
        const Function f = [](const auto& in) {
            return in[0] + in[1] + doubled_with([](Variable g) { return transpose(g); })({in[2]});
        };
        const Array a = random_array({2, 2});
        CHECK(gradient_check(f, {a, a, a}, linear).hint.find("exchanged") == std::string::npos);
    }
    TEST_CASE("an input that record() was not told of") {
        const Function f = [](const auto& in) {
            return record("Product", Array((in[0] * in[1]).value()),
                          Input{in[0], [b = in[1]](const Variable& g) { return g * b; }});
        };
        CHECK(fault_in(gradient_check(f, {two, two}, linear)) ==
              "#2 Product: its output changes with input 1, but no Input says so: record() lacks "
              "one, or f used value()");
    }
    TEST_CASE("an operand that left the tape") {
        const Function f = [](const auto& in) { return in[0] * Variable(Array(in[0].value())); };
        const std::string fault = fault_in(gradient_check(f, {two}));
        CHECK(fault.find("; or its constant operand changes, too: f used value()") !=
              std::string::npos);
    }
    TEST_CASE("numbers that left the tape") {
        const Function f = [](const auto& in) {
            return square(in[0]) * Variable(Array(exp(in[0]).value()));
        };
        const CheckReport report = gradient_check(f, {two});
        CHECK(fault_in(report) ==
              "#3 Mul: its output changes with #1 Exp, but no Input says so: record() lacks one, "
              "or f used value()");
    }
    TEST_CASE("a rule that cannot be differentiated, by its second derivative") {
        const Function f = squared_with([](const Variable& x, const Variable& g) {
            Array dx = g.value();
            dx *= x.value();
            dx *= 2;
            return Variable(dx);  // nobody saw where these numbers come from
        });
        CHECK(gradient_check(f, {two}));
        const CheckReport report = second_gradient_check(f, {two});
        CHECK(report.problem == "in the gradient of input 0 (input 1 is the cotangent)");
        const Function ignores_h = squared_with([](const Variable& x, const Variable& g) {
            const auto pullback = [](const Variable& h) { return Variable(Array(h.shape(), 2)); };
            return record("Slope", Array(2 * g.value() * x.value()), Input{x, pullback},
                          Input{g, [x](const Variable& h) { return scale(x * h, 2); }});
        });
        CHECK(second_gradient_check(ignores_h, {two}).problem ==
              "in the gradient of input 0 (input 1 is the cotangent): a zero cotangent gives a "
              "gradient that is not zero: a rule ignores g");
        CHECK(report.hint ==
              "the rule returns 0 where the function changes: a path is missing, or one share "
              "overwrites another");
    }
}
