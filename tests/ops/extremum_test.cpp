#include <xtape/ops/extremum.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

using Binary = Variable (*)(const Variable&, const Variable&);
using OverAxis = Variable (*)(const Variable&, std::ptrdiff_t, bool);

std::vector<Variable> gradients_of(Binary f, const Array& at_a, const Array& at_b, const Array& g) {
    const Variable a(at_a);
    const Variable b(at_b);
    Tape tape;
    const Variable y = f(a, b);
    return tape.gradients(y, g, {a, b});
}

Array gradient_of(OverAxis f, const Array& at, std::ptrdiff_t axis, const Array& g) {
    const Variable x(at);
    Tape tape;
    const Variable y = f(x, axis, false);
    return tape.gradients(y, g, {x})[0].value();
}

// No two numbers closer than 1/10, so that differences stay on one side of every kink.
const Array apart = {{0.9, -0.3, 0.1}, {-0.7, 0.4, 1.6}, {2.1, -1.4, -1.1}};
const Array row = {0.2, 0.6, -0.5};

}  // namespace

TEST_SUITE("maximum") {
    TEST_CASE("is the larger of two numbers") {
        CHECK(maximum(Variable(Array{1, 5, -inf}), Variable(Array{3, 2, -4})).value() ==
              Array{3, 5, -4});
    }
    TEST_CASE("repeats the smaller operand") {
        CHECK(maximum(Variable(Array{{1, 5}, {7, 0}}), Variable(Array{3, 2})).value() ==
              Array{{3, 5}, {7, 2}});
        CHECK(maximum(Variable(array_of({2, 1}, {1, 2})), Variable(Array{0, 1.5, 3})).value() ==
              Array{{1, 1.5, 3}, {2, 2, 3}});
    }
    TEST_CASE("is nan beside a nan") {
        CHECK(close(maximum(Variable(Array{NAN, 1, 2}), Variable(Array{1, NAN, 1})).value(),
                    {NAN, NAN, 2}));
    }

    TEST_CASE("passes the gradient to the larger one, and half to each of two equal ones") {
        const auto g = gradients_of(maximum, {1, 5, 2, inf}, {3, 2, 2, inf}, {10, 20, 30, 40});
        CHECK(g[0].value() == Array{0, 20, 15, 20});
        CHECK(g[1].value() == Array{10, 0, 15, 20});
    }
    TEST_CASE("passes the gradient to both beside a nan") {
        const auto g = gradients_of(maximum, {NAN, 1, 2}, {1, NAN, 1}, {1, 2, 3});
        CHECK(g[0].value() == Array{1, 2, 3});
        CHECK(g[1].value() == Array{1, 2, 0});
    }
    TEST_CASE("stops even a gradient that is nan") {
        const auto g = gradients_of(maximum, {1, 5}, {3, 2}, {NAN, inf});
        CHECK(close(g[0].value(), {0, inf}));
        CHECK(close(g[1].value(), {NAN, 0}));
    }
    TEST_CASE("of a variable and itself passes all of the gradient") {
        const Variable x(Array{1, -1});
        Tape tape;
        const Variable y = maximum(x, x);
        CHECK(tape.gradients(y, Array{3, 4}, {x})[0].value() == Array{3, 4});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return maximum(in[0], in[1]); };
        CHECK(gradient_check(f, {apart, row}));
        CHECK(second_gradient_check(f, {apart, row}));
    }
    TEST_CASE("refuses shapes that do not broadcast") {
        CHECK_THROWS_WITH_AS(maximum(Variable(Array{1, 2}), Variable(Array{1, 2, 3})),
                             "maximum: shapes [2] and [3] do not broadcast", ShapeError);
    }
}

TEST_SUITE("minimum") {
    TEST_CASE("is the smaller of two numbers") {
        CHECK(close(minimum(Variable(Array{1, 5, NAN, 0}), Variable(Array{3, 2, 0, NAN})).value(),
                    {1, 2, NAN, NAN}));
    }
    TEST_CASE("passes the gradient to the smaller one, and half to each of two equal ones") {
        const auto g = gradients_of(minimum, {1, 5, 2}, {3, 2, 2}, {10, 20, 30});
        CHECK(g[0].value() == Array{10, 0, 15});
        CHECK(g[1].value() == Array{0, 20, 15});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return minimum(in[0], in[1]); };
        CHECK(gradient_check(f, {row, apart}));
        CHECK(second_gradient_check(f, {row, apart}));
    }
    TEST_CASE("refuses shapes that do not broadcast") {
        CHECK_THROWS_WITH_AS(minimum(Variable(Array{1, 2}), Variable(Array{1, 2, 3})),
                             "minimum: shapes [2] and [3] do not broadcast", ShapeError);
    }
}

TEST_SUITE("amax") {
    const Array scores = {{1, 3, 3}, {2, 2, 2}};

    TEST_CASE("is the largest along an axis") {
        CHECK(amax(Variable(scores), 1).value() == Array{3, 2});
        CHECK(amax(Variable(scores), -2).value() == Array{2, 3, 3});
        CHECK(amax(Variable(scores), -1, true).value() == array_of({2, 1}, {3, 2}));
        CHECK(amax(Variable(Array{-inf, -inf}), 0).item() == -inf);
    }
    TEST_CASE("finds it anywhere in a long row") {
        for (std::size_t place = 0; place < 37; ++place) {
            Array x = random_array({37});
            x(place) = 2;
            CHECK(amax(Variable(x), 0).item() == 2);
            x(place) = NAN;
            CHECK(std::isnan(amax(Variable(x), 0).item()));
        }
    }
    TEST_CASE("of no rows is empty") {
        CHECK(amax(Variable(Array::from_shape({0, 3})), 1).shape() == Shape{0});
    }

    TEST_CASE("shares the gradient between equally large ones") {
        CHECK(gradient_of(amax, scores, 1, {8, 6}) == Array{{0, 4, 4}, {2, 2, 2}});
        CHECK(gradient_of(amax, scores, 0, {1, 2, 3}) == Array{{0, 2, 3}, {1, 0, 0}});
    }
    TEST_CASE("makes the gradient nan beside a nan, and there only") {
        CHECK(close(gradient_of(amax, {{1, NAN, 2}, {3, 1, 2}}, 1, {5, 6}),
                    {{NAN, NAN, NAN}, {6, 0, 0}}));
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {0, 1}) {
            const Function f = [&](const auto& in) { return amax(in[0], axis); };
            CHECK(gradient_check(f, {apart}));
            CHECK(second_gradient_check(f, {apart}));
        }
    }
    TEST_CASE("refuses an axis that is empty or does not exist") {
        CHECK_THROWS_WITH_AS(amax(Variable(Array::from_shape({2, 0})), 1),
                             "amax: axis 1 of shape [2, 0] is empty; it needs an element",
                             ValueError);
        CHECK_THROWS_WITH_AS(amax(Variable(scores), 2),
                             "amax: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
        CHECK_THROWS_AS(amax(Variable(Real(1)), 0), AxisError);
    }
}

TEST_SUITE("max") {
    const Array scores = {{1, 3, 3}, {2, 2, 2}};

    TEST_CASE("is the largest along an axis") {
        CHECK(max(Variable(scores), 1).value() == Array{3, 2});
        CHECK(max(Variable(scores), 0, true).value() == array_of({1, 3}, {2, 3, 3}));
        CHECK(close(max(Variable(Array{{1, NAN, 2}, {-inf, -inf, -inf}}), 1).value(), {NAN, -inf}));
    }
    TEST_CASE("gives the gradient to the first of equally large ones") {
        CHECK(gradient_of(max, scores, 1, {8, 6}) == Array{{0, 8, 0}, {6, 0, 0}});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {0, 1}) {
            const Function f = [&](const auto& in) { return max(in[0], axis); };
            CHECK(gradient_check(f, {apart}));
            CHECK(second_gradient_check(f, {apart}));
        }
    }
    TEST_CASE("refuses an axis that is empty or does not exist") {
        CHECK_THROWS_WITH_AS(max(Variable(Array::from_shape({2, 0})), 1),
                             "max: axis 1 of shape [2, 0] is empty; it needs an element",
                             ValueError);
        CHECK_THROWS_AS(max(Variable(scores), -3), AxisError);
    }
}

TEST_SUITE("argmax") {
    TEST_CASE("says where the first largest stands") {
        CHECK(argmax(Variable(Array{{1, 3, 3}, {2, 2, 2}}), 1) == index_of({2, 1}, {1, 0}));
        CHECK(argmax(Variable(Array{{1, 3, 3}, {2, 2, 2}}), 0) == index_of({1, 3}, {1, 0, 0}));
    }
    TEST_CASE("takes a nan for the largest") {
        CHECK(argmax(Variable(Array{1, NAN, inf, NAN}), 0) == index_of({1}, {1}));
    }
    TEST_CASE("refuses an axis that is empty") {
        CHECK_THROWS_WITH_AS(argmax(Variable(Array::from_shape({2, 0})), -1),
                             "argmax: axis -1 of shape [2, 0] is empty; it needs an element",
                             ValueError);
    }
}
