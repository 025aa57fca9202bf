// Where differences are hard: near kinks, at the border of a domain, where a function is steep or noisy.

#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <xtensor/xmath.hpp>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

Function of_one(Variable (*f)(const Variable&)) {
    return [f](const std::vector<Variable>& in) { return f(in[0]); };
}

const Function rectified = [](const auto& in) { return relu(in[0]); };

Function rectified_with_slope_at_zero(Real slope) {
    return [slope](const std::vector<Variable>& in) {
        const Variable y = relu(in[0]);
        return record("Relu", Array(y.value()),
                      Input{in[0], [x = in[0], slope](const Variable& g) {
                                Array dx = g.value();
                                for (std::size_t i = 0; i < dx.size(); ++i) {
                                    const Real v = x.value().data()[i];
                                    dx.data()[i] *= v == 0 ? slope : v > 0;
                                }
                                return Variable(dx);
                            }});
    };
}

}  // namespace

TEST_SUITE("gradient_check") {
    TEST_CASE("passes right rules as close to a kink as you like") {
        for (const Real gap : {1e-1, 1e-2, 1e-3, 1e-5, 1e-7, 1e-9}) {
            const Array at = {gap, -gap, 1, -1};
            CAPTURE(gap);
            CHECK(gradient_check(rectified, {at}));
            CHECK(gradient_check(of_one(abs), {at}));
            CHECK(gradient_check(rectified, {at}, {Stencil::smooth, Mode::directional}));
        }
    }
    TEST_CASE("takes any slope between those of both sides at a kink, and says so") {
        const Array at = {0, 1};
        for (const Real slope : {0.0, 0.25, 1.0}) {
            const CheckReport report = gradient_check(rectified_with_slope_at_zero(slope), {at});
            CHECK(report);
            CHECK(report.kinks == 1);
            CHECK(gradient_check(rectified_with_slope_at_zero(slope), {Array{1, 0}}).kinks == 1);
            CHECK(gradient_check(rectified_with_slope_at_zero(slope), {at},
                                 {Stencil::smooth, Mode::directional}));
        }
        CHECK(
            to_string(gradient_check(rectified, {at})) ==
            "gradient check passed: 4 entries compared, 1 of them at kinks, between the slopes of "
            "both sides\n");
    }
    TEST_CASE("takes no other slope there") {
        CHECK_FALSE(gradient_check(rectified_with_slope_at_zero(1.1), {Array{0, 1}}));
        CHECK_FALSE(gradient_check(rectified_with_slope_at_zero(-0.1), {Array{0, 1}}));
        CHECK_FALSE(gradient_check(rectified_with_slope_at_zero(NAN), {Array{0, 1}}));
    }
    TEST_CASE("passes ties of maxima") {
        const Function largest = [](const auto& in) { return amax(in[0], 0); };
        const Function first = [](const auto& in) { return max(in[0], 0); };
        const Function larger = [](const auto& in) { return maximum(in[0], in[1]); };
        const Array tied = {1, 2, 2, 0};
        CHECK(gradient_check(largest, {tied}));
        CHECK(gradient_check(first, {tied}));
        CHECK(gradient_check(larger, {tied, tied}));
    }
    TEST_CASE("passes right rules at the border of their domain") {
        CHECK(gradient_check(of_one(log), {Array{1e-2, 1e-4, 1}}));
        CHECK(gradient_check([](const auto& in) { return sqrt(in[0]); }, {Array{1e-3, 1}}));
        CHECK(gradient_check([](const auto& in) { return sqrt(in[0]); }, {Array{1e-6, 1e-9}}));
        CHECK(gradient_check(of_one(log1p), {Array{-0.999, 3}}));
    }
    TEST_CASE("passes functions that change quickly, or rise far") {
        const Function stiff = [](const auto& in) { return in[0] / (square(in[0]) + Real(1e-5)); };
        CHECK(gradient_check(stiff, {Array{0.001, -0.002}}));
        const Function fast = [](const auto& in) { return tanh(scale(in[0], 1000)); };
        CHECK(gradient_check(fast, {Array{0.001, -0.0003}}));
        CHECK(gradient_check([](const auto& in) { return exp(in[0]); }, {Array{20, -20}}));
        CHECK(gradient_check([](const auto& in) { return exp(in[0]); }, {Array{30, -30, 0}}));
        CHECK(gradient_check([](const auto& in) { return sin(in[0]); }, {Array{1e5, -1e6}}));
    }
    TEST_CASE("passes a function whose roundings are coarse") {  // 1e8 comes and goes
        const Function noisy = [](const auto& in) {
            return square(shift(shift(sin(in[0]), Real(1e8)), Real(-1e8)));
        };
        CHECK(gradient_check(noisy, {Array{0.3, 0.7}}));
        const Function far = [](const auto& in) { return shift(in[0], Real(1e12)); };
        CHECK(gradient_check(far, {Array{0.3, 0.7}}));
        CHECK(gradient_check(far, {Array{0.3, 0.7}}, {Stencil::linear}));
    }
    TEST_CASE("passes outputs that are infinite and stay so") {
        const Function f = [](const auto& in) {
            return masked_fill(in[0], Mask{true, false}, -std::numeric_limits<Real>::infinity());
        };
        const CheckReport report = gradient_check(f, {Array{1, 2}}, {Stencil::linear});
        CHECK(report);
        CHECK(report.entries == 2);  // of the output that is finite
        CHECK(
            gradient_check([&f](const auto& in) { return log_softmax(f(in), -1); }, {Array{1, 2}}));
    }
    TEST_CASE("passes inputs that are infinite, where they do not matter") {
        const Function f = [](const auto& in) { return masked_fill(in[0], Mask{true, false}, 0); };
        CHECK(gradient_check(f, {Array{std::numeric_limits<Real>::infinity(), 2}}));
        CHECK(gradient_check(f, {Array{NAN, 2}}));
    }
    TEST_CASE("passes steps that are flat, but where they jump") {
        const Function steps = [](const auto& in) {
            return record("Floor", Array(xt::floor(in[0].value())), Input{in[0], zeros_like});
        };
        CHECK(gradient_check(steps, {Array{0.3, 0.9999, 1.00001, 1000.5}}));
    }
    TEST_CASE("passes a peak that is narrower than the first steps") {
        const Function peak = [](const auto& in) { return exp(-square(scale(in[0], 1e4))); };
        CHECK(gradient_check(peak, {Array{1e-5, -2e-5}}));
    }
    TEST_CASE("passes long chains whose gradients nearly cancel") {
        const Function f = [](const auto& in) {
            return matmul(softmax(matmul(in[0], in[1], Operand::plain, Operand::transposed), -1),
                          in[1]);
        };
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CheckOptions options;
            options.seed = seed;
            const CheckReport report = gradient_check(
                f, {random_array({2, 4}, -10, 10, seed), random_array({3, 4}, -10, 10, seed + 99)},
                options);
            CHECK_MESSAGE(report, report);
        }
    }
    TEST_CASE("passes linear operators of large numbers") {
        const Function f = [](const auto& in) { return in[0] * in[1] + scale(in[0], 3); };
        for (const double size : {1.0, 1e6, 1e12}) {
            const Array a = random_array({4}, -size, size, 1);
            const Array b = random_array({4}, -size, size, 2);
            const CheckReport report = gradient_check(f, {a, b}, {Stencil::linear});
            CHECK_MESSAGE(report, report);
        }
    }
    TEST_CASE("finds a wrong factor of small slopes, too") {
        for (const Real c : {1e-3, 1e-6, 1e-9}) {
            const Function f = [c](const auto& in) {
                return record("Scale", Array(c * in[0].value()),
                              Input{in[0], [c](Variable g) { return scale(std::move(g), 2 * c); }});
            };
            CHECK(gradient_check(f, {Array{0.5, 1e-3}}).differing == 2);
        }
    }
    TEST_CASE("still finds what is wrong there") {
        const auto wrong = [](const Function& f) {
            return [f](const std::vector<Variable>& in) {
                const Variable y = f(in);
                return record("Off", Array(y.value()),
                              Input{y, [](Variable g) { return scale(std::move(g), 1 + 1e-3); }});
            };
        };
        const Function stiff = [](const auto& in) { return in[0] / (square(in[0]) + Real(1e-5)); };
        CHECK_FALSE(gradient_check(wrong(stiff), {Array{0.001, -0.002}}));
        CHECK_FALSE(gradient_check(wrong(rectified), {Array{1e-5, -1}}));
        CHECK_FALSE(gradient_check(wrong(of_one(log)), {Array{1e-2, 1}}));
    }
    TEST_CASE("says where the function itself is NaN, or jumps") {
        const Function nan = [](const auto& in) { return scale(in[0], NAN); };
        CHECK(gradient_check(nan, {Array{1, 2}}).hint == "the rule returns NaN");
        const Function nowhere = [](const auto& in) {
            return record("Nowhere", Array(in[0].shape(), NAN), Input{in[0], zeros_like});
        };
        CHECK(gradient_check(nowhere, {Array{1, 2}}).hint ==
              "the function is NaN there, or as near to it as differences reach");
        const Function jump = [](const auto& in) {
            Array y(Shape{}, in[0].item() >= 0 ? 1 : 0);
            return record("Step", std::move(y), Input{in[0], zeros_like});
        };
        CHECK(gradient_check(jump, {Array({}, 0)}).hint ==
              "differences of other steps disagree: the function jumps there, or is noisy");
    }
    TEST_CASE("says that a function is not linear, also one that is flat far away") {
        const Function shares = [](const auto& in) {
            const Variable y = in[0] / reduce_sum(in[0]);
            return record("Share", y.value(), Input{in[0], zeros_like});
        };
        CHECK_FALSE(gradient_check(shares, {Array{1, 2, 3}}, {Stencil::linear}));
        CHECK_FALSE(gradient_check(shares, {Array{1, 2, 3}}, {Stencil::linear, Mode::directional}));
        CHECK(gradient_check([](const auto& in) { return tanh(in[0]); }, {Array{0.5, -1}},
                             {Stencil::linear})
                  .hint ==
              "differences of other steps disagree: the function is not linear there, use "
              "Stencil::smooth");
    }
    TEST_CASE("never refuses a right rule, whatever the seed") {
        const Function f = [](const auto& in) {
            const Variable h = layer_norm(matmul(in[0], in[1]), 1);
            return log_softmax(relu(h) + abs(h) * sigmoid(in[2]), -1);
        };
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            CheckOptions options;
            options.seed = seed;
            const std::vector<Array> at = {random_array({2, 3}, seed),
                                           random_array({3, 4}, seed + 500),
                                           random_array({4}, -3, 3, seed)};
            const CheckReport report = gradient_check(f, at, options);
            CHECK_MESSAGE(report, report);
        }
    }
}
