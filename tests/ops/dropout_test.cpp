#include <xtape/ops/dropout.hpp>

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("dropout") {
    TEST_CASE("sets to zero or scales") {
        Random random(1);
        const Array y = dropout(Variable(Array({1000}, 3)), 0.25, random).value();
        const auto zeros = std::count(y.begin(), y.end(), 0);
        const auto scaled = std::count(y.begin(), y.end(), 4);  // 3 / (1 - 1/4)
        CHECK(zeros + scaled == 1000);
        CHECK(std::abs(zeros - 250) < 70);  // five standard deviations
    }
    TEST_CASE("draws anew each time, and the same from the same seed") {
        const Variable x(Array({100}, 1));
        Random random(1);
        Random same(1);
        const Array first = dropout(x, 0.5, random).value();
        CHECK(dropout(x, 0.5, random).value() != first);
        CHECK(dropout(x, 0.5, same).value() == first);
    }
    TEST_CASE("with probability 0 is the variable itself, and draws nothing") {
        const Variable x(Array{1, 2});
        Random random(1);
        CHECK(dropout(x, 0, random).id() == x.id());
        CHECK(random.next() == Random(1).next());
    }
    TEST_CASE("fills, so that what it drops may be anything") {
        Random random(1);
        const Array y = dropout(Variable(Array({100}, std::nan(""))), 0.5, random).value();
        CHECK(std::count(y.begin(), y.end(), 0) > 20);
        CHECK(std::any_of(y.begin(), y.end(), [](Real v) { return std::isnan(v); }));
    }
    TEST_CASE("takes empty arrays") {
        Random random(1);
        CHECK(dropout(Variable(Array::from_shape({2, 0})), 0.5, random).shape() == Shape{2, 0});
    }

    TEST_CASE("drops and scales the gradient as it did the value") {
        const Variable x(Array({100}, 3));
        Random random(1);
        Tape tape;
        const Variable y = dropout(x, 0.25, random);
        CHECK(tape.gradients(y, Array({100}, 3), {x})[0].value() == y.value());
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) {
            Random random(7);
            return dropout(in[0], 0.4, random);
        };
        CHECK(gradient_check(f, {random_array({3, 7})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({3, 7})}, {Stencil::linear}));
    }
    TEST_CASE("is its own transpose") {  // <D x, u> = <x, D u>
        const Variable x(random_array({50}, 1));
        const Variable u(random_array({50}, 2));
        Random random(3);
        Random same(3);
        CHECK(inner_product(dropout(x, 0.3, random).value(), u.value()) ==
              doctest::Approx(inner_product(x.value(), dropout(u, 0.3, same).value())));
    }

    TEST_CASE("refuses what is no probability, and dropping everything") {
        Random random(1);
        for (const double wrong : {1.0, 1.5, -0.1}) {
            CHECK_THROWS_WITH_AS(dropout(Variable(Array{1, 2}), wrong, random),
                                 text("dropout: probability ", wrong, " is outside [0, 1)").c_str(),
                                 ValueError);
        }
        CHECK_THROWS_AS(dropout(Variable(Array{1, 2}), std::nan(""), random), ValueError);
    }
}
