#include <xtape/nn/layer_norm.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("nn::layer_norm") {
    TEST_CASE("begins as plain normalisation of every row") {
        const LayerNorm norm(2);
        const Real unit = Real(1) / std::sqrt(Real(1) + Real(1e-5));  // variance 1, mean 4 and 9
        CHECK(close(norm(Variable(Array{{3, 5}, {10, 8}})).value(),
                    Array{{-unit, unit}, {unit, -unit}}));
    }
    TEST_CASE("multiplies by its gain and adds its bias") {
        LayerNorm norm(2, 3);  // sqrt(variance + epsilon) = 2
        norm.gain.assign(Array{10, 100});
        norm.bias.assign(Array{1, 2});
        CHECK(close(norm(Variable(Array{{3, 5}})).value(), Array{{-4, 52}}));
    }
    TEST_CASE("names its parameters") {
        const LayerNorm norm(2);
        CHECK(norm.parameters().find("gain")->id() == norm.gain.id());
        CHECK(norm.parameters().find("bias")->id() == norm.bias.id());
    }
    TEST_CASE("refuses what would divide by zero, and rows of another length") {
        CHECK_THROWS_WITH_AS(LayerNorm(2, 0), "LayerNorm: epsilon is 0; it must be positive",
                             ValueError);
        CHECK_THROWS_AS(LayerNorm(2, std::nan("")), ValueError);
        CHECK_THROWS_AS(LayerNorm(2)(Variable(Array{{1, 2, 3}})), ShapeError);
    }
}
