#include <xtape/train/clip.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("clip_by_global_norm") {
    TEST_CASE("shortens all gradients together to the length given") {
        std::vector<Variable> g = {Variable(Array{3, 0}), Variable(Array{{0, -4}})};
        CHECK(clip_by_global_norm(g, 1) == 5);
        const Real factor = Real(1 / (5 + 1e-6));
        CHECK(close(g[0].value(), Array{3 * factor, 0}, 1e-15));
        CHECK(close(g[1].value(), Array{{0, -4 * factor}}, 1e-15));
    }
    TEST_CASE("leaves shorter ones as they are, also zeros and nothing") {
        std::vector<Variable> g = {Variable(Array{3, -4})};
        CHECK(clip_by_global_norm(g, 6) == 5);
        CHECK(same_bits(g[0].value(), Array{3, -4}));
        g = {Variable(Array{0, -0.0})};
        CHECK(clip_by_global_norm(g, 1) == 0);
        CHECK(same_bits(g[0].value(), Array{0, -0.0}));
        g = {};
        CHECK(clip_by_global_norm(g, 1) == 0);
    }
    TEST_CASE("does not change what others hold") {
        const Variable mine(Array{3, 4});
        std::vector<Variable> g = {mine};
        clip_by_global_norm(g, 1);
        CHECK(mine.value() == Array{3, 4});
    }
    TEST_CASE("names the first gradient that is not finite, and changes none") {
        for (const Real bad :
             {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity(),
              -std::numeric_limits<Real>::infinity()}) {
            std::vector<Variable> g = {Variable(Array{300, 400}), Variable(Array{1, bad}),
                                       Variable(Array{bad})};
            const std::string value = std::isnan(bad) ? "nan" : "inf";
            CHECK(message_of([&] { clip_by_global_norm(g, 1); }) ==
                  "clip_by_global_norm: gradient 1 has the norm " + value + "; it must be finite");
            const Parameters names =
                Parameters().add("a", Variable(g[0].value())).add("b", Variable(g[1].value()));
            CHECK(message_of([&] { clip_by_global_norm(g, 1, names); }) ==
                  "clip_by_global_norm: the gradient of b has the norm " + value +
                      "; it must be finite");
            CHECK_THROWS_AS(clip_by_global_norm(g, 1), ValueError);
            CHECK(g[0].value() == Array{300, 400});
        }
    }
    TEST_CASE("refuses a length that is none") {
        std::vector<Variable> g = {Variable(Array{3, 4})};
        CHECK_THROWS_WITH_AS(clip_by_global_norm(g, 0),
                             "clip_by_global_norm: the largest norm is 0; it must be positive",
                             ValueError);
        CHECK_THROWS_AS(clip_by_global_norm(g, -1), ValueError);
        CHECK_THROWS_AS(clip_by_global_norm(g, std::nan("")), ValueError);
    }
}
