#include <xtape/train/sgd.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// Where 8 goes in steps along the gradients 4, -8, 16.
std::vector<Real> path(const SgdOptions& options) {
    const Variable x(Real(8));
    Sgd sgd({x}, options);
    std::vector<Real> places;
    for (const Real g : {4, -8, 16}) {
        sgd.step({Variable(g)});
        places.push_back(x.item());
    }
    return places;
}

}  // namespace

TEST_SUITE("sgd") {
    using Places = std::vector<Real>;

    TEST_CASE("steps against the gradient") {
        CHECK(path({0.5}) == Places{6, 10, 2});
    }
    TEST_CASE("keeps a part of its velocity") {  // velocities 4, -6, 13
        CHECK(path({0.5, 0.5}) == Places{6, 9, 2.5});
    }
    TEST_CASE("looks ahead with Nesterov") {  // the same velocities; steps along 6, -11, 22.5
        CHECK(path({0.5, 0.5, true}) == Places{5, 10.5, -0.75});
    }
    TEST_CASE("takes another rate for a step, and changes no bit at 0") {
        const Variable x(Array{8, -0.0});
        Sgd sgd({x}, {0.5});
        sgd.step({Variable(Array{4, -1})}, 0);
        CHECK(same_bits(x.value(), Array{8, -0.0}));
        sgd.step({Variable(Array{4, 0})}, 0.25);
        CHECK(same_bits(x.value(), Array{7, -0.0}));
    }
    TEST_CASE("has its velocity for a state") {
        const Variable x(Real(8));
        Sgd sgd(Parameters().add("x", x), {0.5, 0.5});
        sgd.step({Variable(Real(4))});
        REQUIRE(sgd.state().find("velocity.x") != nullptr);
        CHECK(sgd.state().find("velocity.x")->item() == 4);
        CHECK(Sgd({x}).state().size() == 0);
    }
    TEST_CASE("refuses settings outside their range, and gradients that do not fit") {
        CHECK_THROWS_WITH_AS(Sgd({}, {-0.5}),
                             "Sgd: the rate is -0.5; it must be finite and not negative",
                             ValueError);
        CHECK_THROWS_WITH_AS(Sgd({}, {0.5, 1}), "Sgd: the momentum is 1; it must be in [0, 1)",
                             ValueError);
        CHECK_THROWS_WITH_AS(Sgd({}, {0.5, 0, true}),
                             "Sgd: Nesterov's look ahead without momentum; set momentum, e.g. to "
                             "0.9",
                             ValueError);
        CHECK_THROWS_AS(Sgd({}, {std::nan("")}), ValueError);
        CHECK_THROWS_AS(Sgd({}).step({}, std::nan("")), ValueError);
        const Variable x(Real(1));
        CHECK_THROWS_AS(Sgd({x}).step({}), ShapeError);
        CHECK_THROWS_AS(Sgd({x}).step({Variable(Array{1, 2})}), ShapeError);
    }
}
