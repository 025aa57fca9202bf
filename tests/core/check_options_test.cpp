#include <xtape/core/gradient_check.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/relu.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

const Function rectified = [](const std::vector<Variable>& in) { return relu(in[0]); };

}  // namespace

TEST_SUITE("CheckOptions") {
    TEST_CASE("linear differences are exact up to squares, and only there") {
        const Function square_of = [](const auto& in) { return in[0] * in[0]; };
        const Function cube = [](const auto& in) { return in[0] * in[0] * in[0]; };
        CHECK(gradient_check(square_of, {two}, {Stencil::linear}));
        CHECK_FALSE(gradient_check(cube, {two}, {Stencil::linear}));
        CHECK(gradient_check(cube, {two}));
    }
    TEST_CASE("a step may be given, and is named") {
        CheckOptions options;
        options.step = 0x1p-10;
        CHECK(gradient_check(rectified, {two}, options));
        CHECK(gradient_check(rectified, {two}, options).method ==
              "differences over 7 points with step 0.000976562");
    }
    TEST_CASE("refuse what is negative or not finite") {
        CheckOptions options;
        options.step = -0.5;
        CHECK_THROWS_WITH_AS(gradient_check(rectified, {two}, options),
                             "gradient_check: step is -0.5; it must be 0 or positive", ValueError);
        options.step = 1e-18;
        CHECK_THROWS_WITH_AS(gradient_check(rectified, {Array{3}}, options),
                             "gradient_check: step 1e-18 is too small to move 3", ValueError);
        options.step = 0;
        options.relative = NAN;
        CHECK_THROWS_AS(gradient_check(rectified, {two}, options), ValueError);
        options.relative = 0;
        options.absolute = -1;
        CHECK_THROWS_AS(gradient_check(rectified, {two}, options), ValueError);
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
}
