// Rules that misuse what they are given, or that are no linear function of g.

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

TEST_SUITE("gradient_check names") {
    TEST_CASE("a rule that changes its cotangent") {
        const Function f = doubled_with([](const Variable& g) {
            const_cast<Array&>(g.value()) *= 2;
            return g;
        });
        CHECK(gradient_check(f, {two}, linear).problem == "a rule changes its cotangent");
    }
    TEST_CASE("a rule that is not linear in g") {
        const auto problem = [](Real (*change)(Real g)) {
            const Function f = doubled_with([change](const Variable& g) {
                Array dx = g.value();
                std::transform(dx.begin(), dx.end(), dx.begin(), change);
                return Variable(2 * dx);
            });
            return gradient_check(f, {Array({}, 3)}, linear).problem;
        };
        const std::string message =
            " times as large does not give a gradient of input 0 that is: a rule is not linear in "
            "g";
        CHECK(problem([](Real g) { return std::clamp<Real>(g, -100, 100); }) ==
              "a cotangent 1.04858e+06" + message);
        CHECK(problem([](Real g) { return std::abs(g) < 1e-3 ? 0 : g; }) ==
              "a cotangent -9.53674e-07" + message);
        CHECK_FALSE(problem([](Real g) { return std::abs(g); }).empty());
        CHECK_FALSE(problem([](Real g) { return std::max<Real>(g, 0); }).empty());
    }
    TEST_CASE("faults that show only in the middle of a tape") {
        const auto problem = [](auto rule) {
            const Function f = [rule](const auto& in) {
                const Variable x = sin(in[0]);
                const auto pullback = [rule, x](Variable g) { return rule(x, std::move(g)); };
                return tanh(record("Double", Array(2 * x.value()), Input{x, pullback}));
            };
            return gradient_check(f, {two}).problem;
        };
        CHECK(problem([](const Variable&, Variable g) {
                  return g.is_unique() ? scale(std::move(g), 2) : scale(std::move(g), 3);
              }) ==
              "Double, #2, operand 0: its rule depends on whether anybody else holds the "
              "cotangent");
        CHECK(problem([](const Variable&, const Variable& g) {
                  const_cast<Array&>(g.value()) *= 2;
                  return g;
              }) == "Double, #2, operand 0: its rule changes its cotangent");
        CHECK(problem([](const Variable& x, const Variable& g) {
                  const_cast<Array&>(x.value())(0) += 1;
                  return scale(g, 2);
              }) == "Double, #2, operand 0: its rule changes the output of Sin, #1");
        CHECK(problem([space = Variable(Array(two))](const Variable&, const Variable& g) {
                  const_cast<Array&>(space.value()) = 2 * g.value();
                  return space;
              }) == "Double, #2, operand 0: its rule returns numbers that its next call changes");
    }
    TEST_CASE("a rule that changes an input only where it owns g") {
        const Function f = [](const auto& in) {
            const auto pullback = [x = in[0]](Variable g) {
                const_cast<Array&>(x.value())(0) += g.is_unique() ? 1 : 0;
                return scale(std::move(g), 2);
            };
            return record("Double", Array(2 * in[0].value()), Input{in[0], pullback});
        };
        const std::vector<Variable> inputs = {Variable(two)};
        CHECK(gradient_check(f, inputs).problem ==
              "Double, #1, operand 0: its rule changes the numbers of input 0");
        CHECK(same_bits(inputs[0].value(), two));
    }
    TEST_CASE("no rule that nobody asks for") {
        const Function f = [](const auto& in) {
            const Variable constant(two);
            const auto refuse = [](const Variable&) -> Variable {
                throw std::runtime_error("there is no gradient by the constant");
            };
            return record("Product", Array(in[0].value() * two),
                          Input{in[0], [](const Variable& g) { return g * Variable(two); }},
                          Input{constant, refuse});
        };
        CHECK(gradient_check(f, {two}, linear));
    }
    TEST_CASE("a rule that is wrong only in the buffer of g") {
        const Function f = doubled_with([](Variable g) {
            return g.is_unique() ? scale(std::move(g), 3) : scale(std::move(g), 2);
        });
        CHECK(
            gradient_check(f, {two}, linear).problem ==
            "Double, #1, operand 0: its rule depends on whether anybody else holds the cotangent");
    }
    TEST_CASE("a rule that returns another shape in the buffer of g") {
        const Function f = doubled_with(
            [](Variable g) { return g.is_unique() ? reduce_sum(g) : scale(std::move(g), 2); });
        CHECK(
            gradient_check(f, {two}, linear).problem ==
            "Double, #1, operand 0: its rule depends on whether anybody else holds the cotangent");
    }
    TEST_CASE("one of two rules of the same operand that returns the wrong shape") {
        const Function f = [](const auto& in) {
            return record("Sum", Array(2 * in[0].value()),
                          Input{in[0], [](Variable g) { return g; }},
                          Input{in[0], [](const Variable& g) { return reduce_sum(g); }});
        };
        CHECK(fault_in(gradient_check(f, {two}, linear)) ==
              "#1 Sum: its rule for input 0 throws: two shares have shapes [2] and []");
    }
    TEST_CASE("a rule that changes g while it adds") {
        const Function f = [](const auto& in) {
            return record("Double", Array(2 * in[0].value()),
                          Input{in[0], [](Variable g) { return scale(std::move(g), 2); },
                                [](Array& gradient, const Array& g) {
                                    gradient += 2 * g;
                                    const_cast<Array&>(g)(0) = 0;
                                }});
        };
        CHECK(gradient_check(f, {two}, linear).problem ==
              "Double, #1, operand 0: its rule changes its cotangent");
    }
    TEST_CASE("a rule that throws when it adds") {
        const Function f = [](const auto& in) {
            const auto refuse = [](Array&, const Array&) { throw std::runtime_error("not yet"); };
            return record("Double", Array(2 * in[0].value()),
                          Input{in[0], [](Variable g) { return scale(std::move(g), 2); }, refuse});
        };
        CHECK(gradient_check(f, {two}, linear).problem ==
              "Double, #1, operand 0: adding into a gradient throws: not yet");
    }
    TEST_CASE("a rule that adds other than it returns") {
        const Function f = [](const auto& in) {
            Array y = in[0].value();
            y *= 2;
            return record("Double", std::move(y),
                          Input{in[0], [](Variable g) { return scale(std::move(g), 2); },
                                [](Array& gradient, const Array& g) { gradient = 2 * g; }});
        };
        CHECK(gradient_check(f, {two}, linear).problem ==
              "Double, #1, operand 0: adding into a gradient differs from adding what its rule "
              "returns");
    }
}
