// Rules that are wrong in the ways rules go wrong, and what the check says of each.

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

/// Picks x[k_i] with a way back of one's choice, which is given g, k and the length of x.
Function picked_with(Variable (*rule)(const Variable& g, const Index& k, std::size_t n)) {
    return [rule](const std::vector<Variable>& in) {
        const Index k = {1, 1, 0};
        const std::size_t n = in[0].value().size();
        return record("Pick", Array(gather(in[0], 0, k).value()),
                      Input{in[0], [=](const Variable& g) { return rule(g, k, n); }});
    };
}

Variable assigned(const Variable& g, const Index& k, std::size_t n) {
    Array dx({n}, 0);
    for (std::size_t i = 0; i < k.size(); ++i) {
        dx(static_cast<std::size_t>(k(i))) = g.value()(i);  // where += is needed
    }
    return Variable(dx);
}

Variable assigned_unless_zero(const Variable& g, const Index& k, std::size_t n) {
    Array dx({n}, 0);
    for (std::size_t i = 0; i < k.size(); ++i) {
        Real& place = dx(static_cast<std::size_t>(k(i)));
        place = g.value()(i) != 0 ? g.value()(i) : place;
    }
    return Variable(dx);
}

using Rule = std::function<Variable(const Variable&)>;

Function product_with(const Rule& to_a, const Rule& to_b) {
    return [=](const std::vector<Variable>& in) {
        return record("Product", Array(matmul(in[0], in[1]).value()), Input{in[0], to_a},
                      Input{in[1], to_b});
    };
}

}  // namespace

TEST_SUITE("gradient_check names") {
    TEST_CASE("a rule that ignores g") {
        const Function f =
            doubled_with([](const Variable& g) { return Variable(Array(g.shape(), 2)); });
        const CheckReport report = gradient_check(f, {two}, linear);
        CHECK(report.problem ==
              "a zero cotangent gives a gradient that is not zero: a rule ignores g");
        CHECK(fault_in(report) == "#1 Double: its rule for input 0 ignores g");
        CHECK_FALSE(gradient_check(f, {Array({}, 1)}, linear));  // of a single number, too
        CHECK_FALSE(gradient_check(f, {two}, {Stencil::linear, Mode::directional}));
    }
    TEST_CASE("a rule that divides by g") {
        const Function f = doubled_with([](const Variable& g) { return scale(g * g / g, 2); });
        CHECK(gradient_check(f, {two}, {Stencil::linear, Mode::directional}).problem ==
              "a zero cotangent gives a gradient of input 0 that is nan: a rule divides by g");
    }
    TEST_CASE("a rule that takes g for 1 where it is not 0") {
        const Function f = doubled_with([](const Variable& g) {
            Array dx = g.value();
            for (Real& v : dx) {
                v = v == 0 ? 0 : 2;
            }
            return Variable(dx);
        });
        CHECK_FALSE(gradient_check(f, {two}, linear));
        CHECK_FALSE(gradient_check(f, {Array({}, 1)}, linear));
    }
    TEST_CASE("a rule that returns the wrong shape") {
        const Function f = doubled_with([](const Variable& g) { return reduce_sum(g); });
        const CheckReport report = gradient_check(f, {two}, linear);
        CHECK(report.problem ==
              "reading the tape threw: Double: a pullback returned shape [] for an input of shape "
              "[2]; dL/dx has the shape of x");
        CHECK(fault_in(report) == "#1 Double: its rule returns shape [], not [2], for input 0");
    }
    TEST_CASE("a rule that throws") {
        const Function f = doubled_with(
            [](const Variable&) -> Variable { throw std::runtime_error("not implemented"); });
        const CheckReport report = gradient_check(f, {two}, linear);
        CHECK(report.problem == "reading the tape threw: not implemented");
        CHECK(fault_in(report) == "#1 Double: its rule for input 0 throws: not implemented");
    }
    TEST_CASE("a rule that is not deterministic") {
        Real calls = 0;
        const Function f =
            doubled_with([&calls](Variable g) { return scale(std::move(g), ++calls); });
        CHECK(gradient_check(f, {two}, linear).problem ==
              "the gradient of input 0 differs between two readings");
    }
    TEST_CASE("an f that is not deterministic") {
        Real calls = 0;
        const Function f = [&calls](const auto& in) { return shift(in[0], ++calls); };
        CHECK(gradient_check(f, {two}, linear).problem ==
              "f is not deterministic: two calls at the same inputs differ");
    }
    TEST_CASE("outputs of which nothing can be told") {
        const Function f = [](const auto& in) {
            return masked_fill(in[0], Mask({2}, true), std::numeric_limits<Real>::infinity());
        };
        CHECK(gradient_check(f, {two}).problem ==
              "every output is infinite: there is nothing to compare");
    }
    TEST_CASE("an f that changes its inputs, also each time") {
        const Function each_time = [](const auto& in) {
            const_cast<Array&>(in[0].value())(0) += 1;
            return scale(in[0], 2);
        };
        CHECK(gradient_check(each_time, {two}, linear).problem ==
              "f changed the numbers of input 0");
        const Function f = [](const auto& in) {
            const_cast<Array&>(in[1].value())(0) = 7;
            return scale(in[0], 2);
        };
        CHECK(gradient_check(f, {two, two}, linear).problem == "f changed the numbers of input 1");
    }
    TEST_CASE("a rule that changes the inputs, and gives them back") {
        const std::vector<Variable> inputs = {Variable(two)};
        const Function f = squared_with([](const Variable& x, const Variable& g) {
            const_cast<Array&>(x.value())(0) += 1;
            return scale(g * x, 2);
        });
        CHECK(gradient_check(f, inputs).problem == "a rule changes the numbers of input 0");
        CHECK(same_bits(inputs[0].value(), two));
    }
    TEST_CASE("a rule that assigns where it has to add") {
        CHECK(gradient_check(picked_with(assigned), {two}, linear).hint ==
              "the rule returns 0 where the function changes: a path is missing, or one share "
              "overwrites another");
        const CheckReport report = gradient_check(picked_with(assigned_unless_zero), {two}, linear);
        CHECK(report.differing == 1);
        CHECK(report.hint ==
              "every output alone gives the right gradient, and all at once do not: a rule assigns "
              "where it has to add, or is not linear in g");
        CHECK_FALSE(fault_in(report).empty());
    }
    TEST_CASE("a wrong sign, a wrong factor, a missing path, NaN") {
        const auto hint = [](Real c) {
            const Function f = doubled_with([c](Variable g) { return scale(std::move(g), c); });
            return gradient_check(f, {two}, linear).hint;
        };
        CHECK(hint(-2) == "analytic / numeric is -1 for all of them: the sign is wrong");
        CHECK(hint(5) == "analytic / numeric is 2.5 for all of them: a wrong factor, not noise");
        CHECK(hint(0) ==
              "the rule returns 0 where the function changes: a path is missing, or one share "
              "overwrites another");
        CHECK(hint(NAN) == "the rule returns NaN");
        CHECK(hint(2 + 2e-7) ==
              "analytic / numeric is 1 + 1e-07 for all of them: a wrong factor, not noise");
    }
    TEST_CASE("operands that are exchanged, and a transpose that is missing") {
        const Array a = random_array({3, 3}, 1);
        const Array b = random_array({3, 3}, 2);
        const Function difference = [](const auto& in) {
            return record("Sub", Array((in[0] - in[1]).value()),
                          Input{in[0], [](Variable g) { return -std::move(g); }},
                          Input{in[1], [](Variable g) { return g; }});
        };
        CHECK(gradient_check(difference, {a, b}, linear).hint ==
              "analytic / numeric is -1 for all of them: the sign is wrong");
        const Function product = [](const auto& in) {
            return record("Mul", Array((in[0] * in[1]).value()),
                          Input{in[0], [x = in[0]](const Variable& g) { return g * x; }},
                          Input{in[1], [y = in[1]](const Variable& g) { return g * y; }});
        };
        CHECK(gradient_check(product, {a, b}, linear).hint ==
              "the gradients of input 0 and input 1 are exchanged");
        const Variable left(a);
        const Variable right(b);
        const Function matrix_product = product_with(
            [right](const Variable& g) { return transpose(matmul(g, transpose(right))); },
            [left](const Variable& g) { return matmul(transpose(left), g); });
        CHECK(gradient_check(matrix_product, {left, right}, linear).hint ==
              "the gradient of input 0 is right but transposed");
    }
}
