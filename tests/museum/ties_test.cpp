#include <algorithm>

#include <doctest/doctest.h>

#include <xtape/ops/extremum.hpp>
#include <xtape/ops/relu.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/unary.hpp"

using namespace xtape;

namespace {

struct Kink {
    Unary f;
    Real at;
    Real slope;  // by convention
};

Variable relu_of(const Variable& x) {
    return relu(x);
}
Variable maximum_with_0(const Variable& x) {
    return maximum(x, Variable(Real(0)));
}
Variable clamped(const Variable& x) {
    return clamp(x, -1, 1);
}

const Kink kinks[] = {
    {relu_of, 0, 0}, {maximum_with_0, 0, 0.5}, {abs, 0, 0}, {clamped, 1, 1}, {clamped, -1, 1}};

Real value(const Kink& kink, Real offset) {
    return kink.f(Variable(kink.at + offset)).item();
}
Real slope(const Kink& kink) {
    return gradient_of(kink.f, Array(Shape{}, kink.at), Array(Shape{}, 1))();
}

}  // namespace

TEST_SUITE("museum: slopes at a kink") {
    constexpr Real h = 0x1p-20;

    TEST_CASE("are chosen, and relu(x) and max(x, 0) choose differently") {
        for (const Kink& kink : kinks) {
            CHECK(slope(kink) == kink.slope);
        }
    }
    TEST_CASE("lie between those to the left and to the right") {
        for (const Kink& kink : kinks) {
            const Real left = (value(kink, 0) - value(kink, -h)) / h;
            const Real right = (value(kink, h) - value(kink, 0)) / h;
            CHECK(std::min(left, right) <= slope(kink));
            CHECK(slope(kink) <= std::max(left, right));
        }
    }
    TEST_CASE("are not what a central difference says, which is half of both") {
        const Kink& of_relu = kinks[0];
        CHECK((value(of_relu, h) - value(of_relu, -h)) / (2 * h) == 0.5);
    }
    TEST_CASE("of the largest along an axis are shared, or go to the first") {
        const Array tied = {2, 7, 7, 7};
        const Unary shared = [](const Variable& x) { return amax(x, 0); };
        const Unary first = [](const Variable& x) { return max(x, 0); };
        CHECK(close(gradient_of(shared, tied, Array(Shape{}, 3)), Array{0, 1, 1, 1}));
        CHECK(gradient_of(first, tied, Array(Shape{}, 3)) == Array{0, 3, 0, 0});
    }
}
