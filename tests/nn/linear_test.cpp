#include <xtape/nn/linear.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

Linear make_linear() {
    Random random(1);
    Linear linear(2, 3, random);
    linear.weight.assign(Array{{1, 2, 3}, {10, 20, 30}});
    linear.bias.assign(Array{100, 200, 300});
    return linear;
}

}  // namespace

TEST_SUITE("linear") {
    TEST_CASE("multiplies by its weight and adds its bias") {
        const Linear linear = make_linear();
        CHECK(linear(Variable(Array{{1, 0}, {1, 2}})).value() ==
              Array{{101, 202, 303}, {121, 242, 363}});
    }
    TEST_CASE("takes any number of axes before the last") {
        const Linear linear = make_linear();
        CHECK(linear(Variable(Array{1, 2})).value() == Array{121, 242, 363});
        CHECK(linear(Variable(random_array({4, 5, 2}))).shape() == Shape{4, 5, 3});
    }
    TEST_CASE("sums the gradients of all rows") {
        const Linear linear = make_linear();
        Tape tape;
        const Variable loss = reduce_sum(linear(Variable(Array{{{1, 2}, {3, 4}}})));
        const auto g = tape.gradients(loss, linear.parameters());
        CHECK(g[0].value() == Array{{4, 4, 4}, {6, 6, 6}});
        CHECK(g[1].value() == Array{2, 2, 2});
    }
    TEST_CASE("has the right first and second derivatives") {
        Linear linear = make_linear();
        const Function f = [&](const auto& in) {
            linear.weight = in[1];
            linear.bias = in[2];
            return linear(in[0]);
        };
        const std::vector<Array> inputs = {random_array({2, 2, 2}), random_array({2, 3}),
                                           random_array({3})};
        CHECK(gradient_check(f, inputs, {Stencil::linear}));
        CHECK(second_gradient_check(f, inputs, {Stencil::linear}));
    }
    TEST_CASE("begins with weights that keep the variance, and without bias") {
        Random random(7);
        const Linear linear(300, 100, random);
        const double bound = std::sqrt(6.0 / 400.0);
        double squares = 0;
        for (const Real w : linear.weight.value()) {
            REQUIRE(std::abs(w) <= bound);
            squares += double{w} * double{w};
        }
        CHECK(squares / 30000 == doctest::Approx(bound * bound / 3).epsilon(0.02));
        CHECK(linear.bias.value() == Array(Shape{100}, 0));
    }
    TEST_CASE("names its parameters") {
        const Linear linear = make_linear();
        CHECK(linear.parameters().find("weight")->id() == linear.weight.id());
        CHECK(linear.parameters().find("bias")->id() == linear.bias.id());
        CHECK(linear.parameters().size() == 2);
    }
    TEST_CASE("refuses rows of another length") {
        CHECK_THROWS_AS(make_linear()(Variable(Array{{1, 2, 3}})), ShapeError);
        CHECK_THROWS_AS(make_linear()(Variable(Real(1))), ShapeError);
    }
}
