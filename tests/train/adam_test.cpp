#include <xtape/train/adam.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

std::vector<Variable> gradients(Real g) {
    return {Variable(g)};
}

}  // namespace

TEST_SUITE("adam") {
    const Real inf = std::numeric_limits<Real>::infinity();
    const Real nan = std::numeric_limits<Real>::quiet_NaN();

    TEST_CASE("moves against the mean gradient over its root mean square") {
        const Variable x(Real(1));
        AdamOptions options;
        options.rate = 0.1;
        options.beta1 = 0.5;
        options.beta2 = 0;  // the mean square is the last one
        options.epsilon = 1e-300;
        Adam adam({x}, options);
        adam.step(gradients(2));  // mean 1 / (1 - 1/2) = 2, over 2
        CHECK(x.item() == doctest::Approx(0.9).epsilon(1e-14));
        adam.step(gradients(-1));  // mean 1/2 - 1/2
        CHECK(x.item() == doctest::Approx(0.9).epsilon(1e-14));
        adam.step(gradients(4));  // mean 2 / (1 - 1/8), over 4
        CHECK(x.item() == doctest::Approx(0.9 - 0.1 * 4 / 7).epsilon(1e-14));
    }
    TEST_CASE("follows its recurrence") {
        const Variable x(Array{1, -2});
        Adam adam({x}, {0.01, 0.9, 0.98, 1e-3});
        double m[2] = {};
        double v[2] = {};
        double expected[2] = {1, -2};
        for (int t = 1; t <= 20; ++t) {
            const Array g = random_array({2}, static_cast<std::uint64_t>(t));
            adam.step({Variable(g)});
            for (std::size_t i = 0; i < 2; ++i) {
                m[i] = 0.9 * m[i] + 0.1 * g.data()[i];
                v[i] = 0.98 * v[i] + 0.02 * g.data()[i] * g.data()[i];
                expected[i] -= 0.01 * (m[i] / (1 - std::pow(0.9, t))) /
                               (std::sqrt(v[i] / (1 - std::pow(0.98, t))) + 1e-3);
            }
        }
        CHECK(close(x.value(), Array{expected[0], expected[1]}, 1e-14));
    }
    TEST_CASE("lets weights decay beside the gradient, not through it") {
        const Variable x(Array{10, 10});
        AdamOptions options;
        options.rate = 0.5;
        options.weight_decay = 0.1;
        Adam adam({x}, options);
        adam.step({Variable(Array{0, 4})});
        CHECK(close(x.value(), Array{9.5, 9.0}, 1e-8));
    }
    TEST_CASE("takes another rate for a step") {
        const Variable x(Real(1));
        Adam adam({x});
        adam.step(gradients(5), 0.25);
        CHECK(x.item() == doctest::Approx(0.75).epsilon(1e-8));
    }
    TEST_CASE("changes no bit at rate 0, and none where there never was a gradient") {
        const Variable x(Array{1, -0.0, 0, 3});
        const Array before = x.value();
        Adam adam({x}, {0.1});
        adam.step({Variable(Array{1, -2, 3, 4})}, 0);
        CHECK(same_bits(x.value(), before));
        const Variable y(Array{1, -0.0, 0, 3});
        Adam other({y}, {0.1});
        for (int step = 0; step < 100; ++step) {
            other.step({Variable(Array(Shape{4}, 0))});
        }
        CHECK(same_bits(y.value(), before));
    }
    TEST_CASE("goes on from its state as if nothing had happened") {
        const Variable x(random_array({3}, 1));
        const Variable y(random_array({3}, 1));
        Adam first(Parameters().add("x", x));
        Adam second(Parameters().add("x", y));
        first.step({Variable(random_array({3}, 2))});
        Variable(y).assign(x.value());
        REQUIRE(first.state().size() == 3);
        for (const auto& [name, variable] : first.state()) {
            REQUIRE(second.state().find(name) != nullptr);
            Variable(*second.state().find(name)).assign(variable.value());
        }
        CHECK(first.state().find("mean_square.x") != nullptr);
        first.step({Variable(random_array({3}, 3))});
        second.step({Variable(random_array({3}, 3))});
        CHECK(same_bits(x.value(), y.value()));
    }
    TEST_CASE("passes nan on, for others to notice") {
        const Variable x(Array{1, 1});
        Adam adam({x});
        adam.step({Variable(Array{nan, 1})});
        CHECK(std::isnan(x.value().data()[0]));
        CHECK(x.value().data()[1] < 1);
    }
    TEST_CASE("refuses gradients that do not fit, and changes nothing") {
        const Variable x(Array{1, 2});
        const Variable y(Array{3});
        Adam adam(Parameters().add("weight", x).add("bias", y));
        CHECK_THROWS_WITH_AS(adam.step({x}),
                             "Adam: 1 gradients for 2 parameters; each parameter takes one, in "
                             "their order",
                             ShapeError);
        CHECK_THROWS_WITH_AS(adam.step({x, x}),
                             "Adam: the gradient of bias has shape [2] and the parameter [1]; they "
                             "must be equal",
                             ShapeError);
        {
            Tape tape;
            CHECK_THROWS_WITH_AS(adam.step({x, y}),
                                 "Adam: a step while a tape records would falsify its gradients; "
                                 "take the gradients first",
                                 TapeError);
        }
        CHECK(x.value() == Array{1, 2});
        CHECK(adam.state().find("steps")->item() == 0);
    }
    TEST_CASE("refuses settings outside their range") {
        const auto message = [](double rate, double beta1, double beta2, double epsilon,
                                double decay) {
            return message_of([&] { Adam({}, {rate, beta1, beta2, epsilon, decay}); });
        };
        CHECK(message(0, 0, 0, 1e-30, 0) == "");
        CHECK(message(-1, 0.9, 0.9, 1e-8, 0) ==
              "Adam: the rate is -1; it must be finite and not negative");
        CHECK(message(1, 1, 0.9, 1e-8, 0) == "Adam: beta1 is 1; it must be in [0, 1)");
        CHECK(message(1, 0.9, -0.1, 1e-8, 0) == "Adam: beta2 is -0.1; it must be in [0, 1)");
        CHECK(message(1, 0.9, 0.9, 0, 0) == "Adam: epsilon is 0; it must be positive and finite");
        CHECK(message(1, 0.9, 0.9, 1e-8, -1) ==
              "Adam: the weight decay is -1; it must be finite and not negative");
        CHECK_THROWS_AS(Adam({}, {nan}), ValueError);
        CHECK_THROWS_AS(Adam({}, {1, nan}), ValueError);
        CHECK_THROWS_AS(Adam({}, {1, 0.9, 0.9, inf}), ValueError);
        CHECK_THROWS_AS(Adam({}).step({}, -1), ValueError);
        CHECK_THROWS_AS(Adam({}).step({}, inf), ValueError);
    }
}
