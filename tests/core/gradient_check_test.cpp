#include <xtape/core/gradient_check.hpp>

#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/nn/linear.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

const Function cube = [](const std::vector<Variable>& in) { return in[0] * in[0] * in[0]; };

}  // namespace

TEST_SUITE("gradient_check") {
    TEST_CASE("passes what is right, and says how much it compared") {
        const CheckReport report = gradient_check(cube, {random_array({2, 3})});
        CHECK(report);
        CHECK(report.entries == 6 * 6);
        CHECK(to_string(report) == "gradient check passed: 36 entries compared\n");
    }
    TEST_CASE("checks every input") {
        const Function f = [](const auto& in) { return in[0] * in[1] / in[2]; };
        const CheckReport report =
            gradient_check(f, {random_array({2, 1}), random_array({3}, 2), Array({}, 2)});
        CHECK(report);
        CHECK(report.entries == 6 * (2 + 3 + 1));
    }
    TEST_CASE("moves variables in place, so that f may reach them by other ways") {
        Random random(1);
        const Linear layer(3, 2, random);
        const Variable x(random_array({4, 3}));
        const Function f = [&](const auto&) { return layer(x); };
        std::vector<Variable> weights = {layer.weight, x};
        const Array before = layer.weight.value();
        const CheckReport report = gradient_check(f, weights, linear);
        CHECK(report);
        CHECK(report.entries == 8 * (6 + 12));
        CHECK(second_gradient_check(f, weights, linear));
        CHECK(same_bits(layer.weight.value(), before));
    }
    TEST_CASE("weights the outputs: their sum may never change") {  // the sum of x / sum x is 1
        const Function shares = [](const auto& in) {
            const Variable y = in[0] / reduce_sum(in[0]);
            return record("Share", y.value(), Input{in[0], zeros_like});
        };
        CHECK_FALSE(gradient_check(shares, {Array{1, 2, 3}}));
        CHECK_FALSE(gradient_check(shares, {Array{1, 2, 3}}, {Stencil::smooth, Mode::directional}));
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
    TEST_CASE("sees an error of 1e-9 in one entry of a linear rule") {
        const Function f = doubled_with([](const Variable& g) {
            Array dx = g.value();
            dx *= 2;
            dx.data()[1] *= 1 + 1e-9;
            return Variable(dx);
        });
        CHECK(gradient_check(f, {two}, linear).differing == 1);
    }
    TEST_CASE("passes on what f throws, and leaves the inputs and the thread as they were") {
        const std::vector<Variable> inputs = {Variable(two)};
        for (int limit = 1; limit < 40; ++limit) {
            int calls = 0;
            const Function f = [&](const auto& in) {
                if (++calls == limit) {
                    throw std::runtime_error("enough");
                }
                return scale(in[0], 2);
            };
            const std::string message = message_of([&] { gradient_check(f, inputs); });
            CHECK(message == (calls < limit ? "" : "enough"));
            CHECK(same_bits(inputs[0].value(), two));
            CHECK_FALSE(is_recording());
        }
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
        CHECK(gradient_check(cube, std::vector<Array>{}).problem ==
              "there is no input to differentiate by");
        CHECK_FALSE(second_gradient_check(cube, std::vector<Array>{}));
    }
    TEST_CASE("works while a tape is open, and leaves it usable") {
        const Variable x(two);
        Tape tape;
        const Variable loss = reduce_sum(square(x));
        CHECK(gradient_check(cube, {two}));
        const Function wrong = doubled_with([](Variable g) { return scale(std::move(g), 3); });
        CHECK_FALSE(gradient_check(wrong, {two}));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{1, -6});
    }
}

TEST_SUITE("gradient_check by direction") {
    const CheckOptions fast{Stencil::smooth, Mode::directional};

    TEST_CASE("compares one number for each input, and says what it cannot see") {
        const Function f = [](const auto& in) { return matmul(in[0], in[1]); };
        const CheckReport report =
            gradient_check(f, {random_array({20, 30}), random_array({30, 10}, 2)}, fast);
        CHECK(report);
        CHECK(report.entries == 2);
        CHECK(to_string(report) ==
              "gradient check passed: 2 entries compared\n"
              "  cannot see: which element is wrong, and errors of single elements that are small "
              "against the length of the gradient\n");
    }
    TEST_CASE("finds a rule that is wrong in a single element") {
        const Function f = doubled_with([](const Variable& g) {
            Array dx = g.value();
            dx *= 2;
            dx.data()[77] *= 1 + 1e-6;
            return Variable(dx);
        });
        const CheckReport report = gradient_check(f, {random_array({20, 30})}, fast);
        CHECK(report.differing == 1);
        CHECK_FALSE(report.mismatches[0].place);
    }
    TEST_CASE("draws directions apart from cotangents") {  // or errors like d g' - g d' hide
        const Function f = squared_with([](const Variable& x, const Variable& g) {
            Array dx = 2 * g.value() * x.value();
            const auto to_x = [g](const Variable& h) {
                Array skew = {h.value()(1), -h.value()(0)};
                return scale(g * h, 2) + Variable(Array(skew * 0.5));
            };
            return record("Slope", std::move(dx), Input{x, to_x},
                          Input{g, [x](const Variable& h) { return scale(x * h, 2); }});
        });
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            CheckOptions options = fast;
            options.seed = seed;
            CHECK_FALSE(second_gradient_check(f, {two}, options));
        }
    }
    TEST_CASE("checks second derivatives, too") {
        const Function f = [](const auto& in) { return in[0] * exp(in[1]); };
        CHECK(second_gradient_check(f, {two, random_array({3, 2})}, fast));
    }
}

TEST_SUITE("second_gradient_check") {
    TEST_CASE("compares the gradient of each input by all inputs and the cotangent") {
        const Function f = [](const auto& in) { return in[0] * in[1]; };
        const CheckReport report = second_gradient_check(f, {two, Array({}, 3)});
        CHECK(report);
        CHECK(report.entries == (2 + 1) * (2 + 1 + 2));
    }
    TEST_CASE("takes variables for arrays") {
        const std::vector<Variable> inputs = {Variable(two)};
        CHECK(second_gradient_check(cube, inputs));
        CHECK(same_bits(inputs[0].value(), two));
    }
}
