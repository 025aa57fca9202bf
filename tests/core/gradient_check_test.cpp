#include <xtape/core/gradient_check.hpp>

#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

const Function cube = [](const std::vector<Variable>& in) { return in[0] * in[0] * in[0]; };

}  // namespace

TEST_SUITE("gradient_check") {
    const CheckOptions linear{Stencil::linear};
    const Array two = {0.5, -3};

    TEST_CASE("passes what is right, and says how much it compared") {
        const CheckReport report = gradient_check(cube, {random_array({2, 3})});
        CHECK(report);
        CHECK(report.entries == 6);
        CHECK(report.path == "Mul <- Mul");
        CHECK(to_string(report) == "gradient check passed: 6 entries compared\n");
    }
    TEST_CASE("takes variables for arrays") {
        const std::vector<Variable> inputs = {Variable(two)};
        CHECK(gradient_check(cube, inputs));
        CHECK(second_gradient_check(cube, inputs));
    }
    TEST_CASE("checks every input") {
        const Function f = [](const auto& in) { return in[0] * in[1] / in[2]; };
        const CheckReport report =
            gradient_check(f, {random_array({2, 1}), random_array({3}, 2), Array({}, 2)});
        CHECK(report);
        CHECK(report.entries == 6);
    }
    TEST_CASE("weights the outputs: their sum may never change") {  // the sum of x / sum x is 1
        const Function shares = [](const auto& in) {
            const Variable y = in[0] / reduce_sum(in[0]);
            return record("Share", y.value(), Input{in[0], zeros_like});
        };
        CHECK_FALSE(gradient_check(shares, {Array{1, 2, 3}}));
    }
    TEST_CASE("sees a small change beside a large number") {
        const Function f = [](const auto& in) {
            Array y = {2 * in[0].item(), 1e15};
            return record("Beside", std::move(y), Input{in[0], [](const Variable& g) {
                                                            return Variable(2 * g.value()(0));
                                                        }});
        };
        CHECK(gradient_check(f, {Array({}, 0.3)}));
    }
    TEST_CASE("fails where f itself is NaN") {
        const Function f = [](const auto& in) { return scale(in[0], NAN); };
        const CheckReport report = gradient_check(f, {two}, linear);
        CHECK(report.mismatches.size() == 2);
    }
    TEST_CASE("names a rule that is not deterministic") {
        Real calls = 0;
        const Function f =
            doubled_with([&calls](Variable g) { return scale(std::move(g), ++calls); });
        CHECK(gradient_check(f, {two}, linear).problem ==
              "the gradient of input 0 differs between two readings");
    }
    TEST_CASE("passes on what the tape says of a rule that returns the wrong shape") {
        const Function f = doubled_with([](const Variable& g) { return reduce_sum(g); });
        CHECK_THROWS_WITH_AS(gradient_check(f, {two}, linear),
                             "Double: a pullback returned shape [] for an input of shape [2]; "
                             "dL/dx has the shape of x",
                             ShapeError);
    }
    TEST_CASE("passes on what f throws, and leaves the inputs and the thread as they were") {
        const std::vector<Variable> inputs = {Variable(two)};
        int calls = 0;
        const Function f = [&calls](const auto& in) {
            if (++calls == 7) {  // in the middle of differencing
                throw std::runtime_error("enough");
            }
            return scale(in[0], 2);
        };
        CHECK_THROWS_WITH_AS(gradient_check(f, inputs), "enough", std::runtime_error);
        CHECK(inputs[0].value() == two);
        CHECK_FALSE(is_recording());
    }
    TEST_CASE("passes zeros for an input that f does not use") {
        const Function first = [](const auto& in) { return scale(in[0], 2); };
        CHECK(gradient_check(first, {two, random_array({3, 2})}, linear));
        CHECK(second_gradient_check(first, {two, random_array({3, 2})}, linear));
        const Function none = [](const auto&) { return Variable(Array{1, 2}); };
        CHECK(gradient_check(none, {two}, linear));
        CHECK(second_gradient_check(none, {two}, linear));
    }
    TEST_CASE("passes an f that returns its input") {
        const Function same = [](const auto& in) { return in[0]; };
        CHECK(gradient_check(same, {two}, linear));
        CHECK(second_gradient_check(same, {two}, linear));
    }
    TEST_CASE("passes empty arrays, and says that it compared nothing") {
        const Array nothing = Array::from_shape({0, 3});
        CHECK(to_string(gradient_check(cube, {nothing})) ==
              "gradient check passed: 0 entries compared\n");
        CHECK(second_gradient_check(cube, {nothing}));
    }
    TEST_CASE("fails without any input") {
        CHECK(to_string(gradient_check(cube, std::vector<Array>{})) ==
              "gradient check FAILED: there is no input to differentiate by\n"
              "  path: nothing is on the tape\n"
              "  seed: 1\n");
        CHECK_FALSE(second_gradient_check(cube, std::vector<Array>{}));
    }
}

TEST_SUITE("CheckOptions") {
    const Array two = {0.5, -3};

    TEST_CASE("linear differences are exact up to squares, and only there") {
        const Function square = [](const auto& in) { return in[0] * in[0]; };
        CHECK(gradient_check(square, {two}, {Stencil::linear}));
        CHECK_FALSE(gradient_check(cube, {two}, {Stencil::linear}));
        CHECK(gradient_check(cube, {two}));
    }
    TEST_CASE("a step may be given for what changes quickly") {
        const Function stiff = [](const auto& in) {
            return in[0] / (in[0] * in[0] + Real(1e-5));  // changes within 0.003 of 0
        };
        const Array near_zero = {0.001, -0.002};
        CheckOptions options;
        options.relative = 1e-6;
        CHECK_FALSE(gradient_check(stiff, {near_zero}, options));
        options.step = 0x1p-15;
        CHECK(gradient_check(stiff, {near_zero}, options));
    }
    TEST_CASE("tolerances may be widened") {
        const Function f = doubled_with([](Variable g) { return scale(std::move(g), 2.002); });
        CheckOptions options{Stencil::linear};
        CHECK_FALSE(gradient_check(f, {two}, options));
        options.relative = 1e-4;
        CHECK_FALSE(gradient_check(f, {two}, options));
        options.relative = 2e-3;
        CHECK(gradient_check(f, {two}, options));
        options.relative = 0;
        options.absolute = 1e-2;
        CHECK(gradient_check(f, {two}, options));
    }
    TEST_CASE("the seed chooses the weights, and is reported") {
        const Function f = doubled_with([](Variable g) { return scale(std::move(g), 3); });
        const auto report = [&f](std::uint64_t seed) {
            CheckOptions options{Stencil::linear};
            options.seed = seed;
            return to_string(gradient_check(f, {two}, options));
        };
        CHECK(report(5) == report(5));
        CHECK(report(5) != report(6));
        CHECK(report(5).find("  seed: 5\n") != std::string::npos);
    }
}

TEST_SUITE("second_gradient_check") {
    const Array two = {0.5, -3};

    TEST_CASE("compares the gradient of each input by all inputs and the cotangent") {
        const Function f = [](const auto& in) { return in[0] * in[1]; };
        const CheckReport report = second_gradient_check(f, {two, Array({}, 3)});
        CHECK(report);
        CHECK(report.entries == 2 * (2 + 1 + 2));
    }
}
