#include <xtape/ops/arithmetic.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

using Binary = Variable (*)(const Variable&, const Variable&);

Variable add(const Variable& a, const Variable& b) {
    return a + b;
}
Variable subtract(const Variable& a, const Variable& b) {
    return a - b;
}
Variable multiply(const Variable& a, const Variable& b) {
    return a * b;
}
Variable divide(const Variable& a, const Variable& b) {
    return a / b;
}

struct ShapePair {
    Shape a, b, y;
};
const std::vector<ShapePair> broadcasts = {
    {{2, 3}, {2, 3}, {2, 3}},
    {{2, 3}, {3}, {2, 3}},
    {{2, 1}, {1, 3}, {2, 3}},
    {{2, 3}, {}, {2, 3}},
    {{1}, {2, 2}, {2, 2}},
    {{4, 1, 2}, {3, 1}, {4, 3, 2}},
    {{1, 1, 1}, {2, 1, 2}, {2, 1, 2}},
    {{0, 3}, {1, 3}, {0, 3}},
    {{}, {}, {}},
};

/// What the operator should give, an element at a time.
template <class F>
Array one_by_one(const Array& a, const Array& b, const Shape& shape, F f) {
    Array y = Array::from_shape(shape);
    for (std::size_t n = 0; n < y.size(); ++n) {
        const Shape place = place_of(n, shape);
        y.data()[n] =
            f(a.element(place.begin(), place.end()), b.element(place.begin(), place.end()));
    }
    return y;
}

/// Values, and the first and second derivatives, of f for all broadcasts and both orders.
template <class F>
void check_broadcasts(Binary op, F f) {
    for (const ShapePair& shapes : broadcasts) {
        const Array a = random_array(shapes.a, 1, 2, 1);
        const Array b = random_array(shapes.b, 1, 2, 2);
        CAPTURE(text(shapes.a, " and ", shapes.b));
        CHECK(same_bits(op(Variable(a), Variable(b)).value(), one_by_one(a, b, shapes.y, f)));
        CHECK(same_bits(op(Variable(b), Variable(a)).value(), one_by_one(b, a, shapes.y, f)));
        const Function apply = [op](const auto& in) { return op(in[0], in[1]); };
        CHECK(gradient_check(apply, {a, b}));
        CHECK(gradient_check(apply, {b, a}));
        CHECK(second_gradient_check(apply, {a, b}));
    }
}

std::vector<Array> gradients_of(Binary op, const Array& at_a, const Array& at_b, const Array& g) {
    const Variable a(at_a);
    const Variable b(at_b);
    Tape tape;
    const Variable y = op(a, b);
    const auto gradients = tape.gradients(y, g, {a, b});
    return {gradients[0].value(), gradients[1].value()};
}

Array gradient_with_itself(Binary op, const Array& at, const Array& g) {
    const Variable x(at);
    Tape tape;
    const Variable y = op(x, x);
    return tape.gradients(y, g, {x})[0].value();
}

}  // namespace

TEST_SUITE("a + b") {
    TEST_CASE("adds") {
        CHECK((Variable(Array{1, 2}) + Variable(Array{10, 20})).value() == Array{11, 22});
    }
    TEST_CASE("repeats rows, columns and single numbers") {
        const Variable x(Array{{1, 2}, {3, 4}});
        CHECK((x + Variable(Array{10, 20})).value() == Array{{11, 22}, {13, 24}});
        CHECK((x + Variable(array_of({2, 1}, {10, 20}))).value() == Array{{11, 12}, {23, 24}});
        CHECK((Variable(Real(5)) + x).value() == Array{{6, 7}, {8, 9}});
    }
    TEST_CASE("passes the gradient to both") {
        const auto g = gradients_of(add, {1, 2}, {3, 4}, {5, 6});
        CHECK(g[0] == Array{5, 6});
        CHECK(g[1] == Array{5, 6});
    }
    TEST_CASE("sums the gradient of what was repeated") {
        const auto g = gradients_of(add, {{1, 2}, {3, 4}}, {10, 20}, {{1, 2}, {3, 4}});
        CHECK(g[0] == Array{{1, 2}, {3, 4}});
        CHECK(g[1] == Array{4, 6});
    }
    TEST_CASE("of a variable and itself doubles") {
        CHECK(gradient_with_itself(add, {1, 2}, {3, 4}) == Array{6, 8});
    }
    TEST_CASE("has the right values and derivatives however shapes broadcast") {
        check_broadcasts(add, [](Real p, Real q) { return p + q; });
    }
    TEST_CASE("names the shapes that do not broadcast") {
        const Variable a(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK_THROWS_WITH_AS(a + Variable(Array{1, 2, 3, 4}),
                             "add: shapes [2, 3] and [4] do not broadcast", ShapeError);
        CHECK_THROWS_AS(a + Variable(Array{1, 2}), ShapeError);
        CHECK_THROWS_AS(a + Variable(Array::from_shape({0, 3})), ShapeError);
    }
}

TEST_SUITE("a - b") {
    TEST_CASE("subtracts") {
        CHECK((Variable(Array{1, 2}) - Variable(Array{10, 30})).value() == Array{-9, -28});
    }
    TEST_CASE("passes the gradient to a, and its opposite to b") {
        const auto g = gradients_of(subtract, {{1, 2}, {3, 4}}, {10, 20}, {{1, 2}, {3, 4}});
        CHECK(g[0] == Array{{1, 2}, {3, 4}});
        CHECK(g[1] == Array{-4, -6});
    }
    TEST_CASE("of a variable and itself is 0, and so is its gradient") {
        const Variable x(Array{1, 2});
        CHECK((x - x).value() == Array{0, 0});
        CHECK(gradient_with_itself(subtract, {1, 2}, {3, 4}) == Array{0, 0});
    }
    TEST_CASE("has the right values and derivatives however shapes broadcast") {
        check_broadcasts(subtract, [](Real p, Real q) { return p - q; });
    }
    TEST_CASE("names the shapes that do not broadcast") {
        CHECK_THROWS_WITH_AS(Variable(Array{1, 2}) - Variable(Array{1, 2, 3}),
                             "sub: shapes [2] and [3] do not broadcast", ShapeError);
    }
}

TEST_SUITE("a b") {
    TEST_CASE("multiplies") {
        CHECK((Variable(Array{2, 3}) * Variable(Array{10, -20})).value() == Array{20, -60});
    }
    TEST_CASE("passes to each the gradient times the other") {
        const auto g = gradients_of(multiply, {{1, 2}, {3, 4}}, {10, 20}, {{1, 1}, {2, 2}});
        CHECK(g[0] == Array{{10, 20}, {20, 40}});
        CHECK(g[1] == Array{7, 10});
    }
    TEST_CASE("of a variable and itself has the slope 2 x") {
        CHECK(gradient_with_itself(multiply, {3, -2}, {1, 10}) == Array{6, -40});
        const Function square = [](const auto& in) { return in[0] * in[0]; };
        CHECK(gradient_check(square, {random_array({2, 2})}));
        CHECK(second_gradient_check(square, {random_array({2, 2})}));
    }
    TEST_CASE("of 0 and infinity is nan") {
        CHECK(close((Variable(Array{0, 1}) * Variable(Array{inf, 2})).value(), {NAN, 2}));
        const auto g = gradients_of(multiply, {0, 1}, {inf, 2}, {-1, 3});
        CHECK(g[0] == Array{-inf, 6});
        CHECK(g[1] == Array{0, 3});
    }
    TEST_CASE("has the right values and derivatives however shapes broadcast") {
        check_broadcasts(multiply, [](Real p, Real q) { return p * q; });
    }
    TEST_CASE("names the shapes that do not broadcast") {
        CHECK_THROWS_WITH_AS(Variable(Array{1, 2}) * Variable(Array{1, 2, 3}),
                             "mul: shapes [2] and [3] do not broadcast", ShapeError);
    }
}

TEST_SUITE("a / b") {
    TEST_CASE("divides") {
        CHECK((Variable(Array{2, 3}) / Variable(Array{4, -2})).value() == Array{0.5, -1.5});
    }
    TEST_CASE("has the slopes 1 / b and -a / b^2") {
        const auto g = gradients_of(divide, {2, 3}, {4, -2}, {8, 4});
        CHECK(g[0] == Array{2, -2});
        CHECK(g[1] == Array{-1, -3});
    }
    TEST_CASE("of a variable and itself is 1, and its gradient is 0") {
        const Variable x(Array{3, -2});
        CHECK((x / x).value() == Array{1, 1});
        CHECK(close(gradient_with_itself(divide, {3, -2}, {5, 6}), {0, 0}, 1e-15));
        const Function one = [](const auto& in) { return in[0] / in[0]; };
        CHECK(gradient_check(one, {random_array({2, 2}, 1, 2)}));
        CHECK(second_gradient_check(one, {random_array({2, 2}, 1, 2)}));
    }
    TEST_CASE("by 0 is what IEEE says, on both ways") {
        CHECK(close((Variable(Array{1, -1, 0}) / Variable(Array{0, 0, 0})).value(),
                    {inf, -inf, NAN}));
        const auto g = gradients_of(divide, {1, 0}, {0, 0}, {1, -1});
        CHECK(close(g[0], {inf, -inf}));
        CHECK(close(g[1], {-inf, NAN}));
    }
    TEST_CASE("has the right values and derivatives however shapes broadcast") {
        check_broadcasts(divide, [](Real p, Real q) { return p / q; });
    }
    TEST_CASE("names the shapes that do not broadcast") {
        CHECK_THROWS_WITH_AS(Variable(Array{1, 2}) / Variable(Array{1, 2, 3}),
                             "div: shapes [2] and [3] do not broadcast", ShapeError);
    }
}

TEST_SUITE("arithmetic") {
    TEST_CASE("takes plain numbers on either side") {
        const Variable x(Array{1, -2});
        CHECK((2 * x).value() == Array{2, -4});
        CHECK((x * 2).value() == Array{2, -4});
        CHECK((x / 2).value() == Array{0.5, -1});
        CHECK((x + 2).value() == Array{3, 0});
        CHECK((2 + x).value() == Array{3, 0});
        CHECK((x - 2).value() == Array{-1, -4});
        CHECK((2 - x).value() == Array{1, 4});
    }
    TEST_CASE("of a plain number passes the gradient through") {
        const Variable x(Array{1, -2});
        Tape tape;
        const Variable y = 3 - (2 * x + 1) / 4;
        CHECK(tape.gradients(y, Array{4, 8}, {x})[0].value() == Array{-2, -4});
    }
    TEST_CASE("works on shapes without numbers, and on single numbers") {
        for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{2, 0, 3}, Shape{}}) {
            const Variable x(random_array(shape, 1, 2));
            for (const Variable& y : {x + x, x - x, x * x, x / x, -x, 2 * x, x + 1}) {
                CHECK(y.shape() == shape);
            }
            Tape tape;
            const Variable y = (x + x) * x / x - x;
            CHECK(tape.gradients(y, Array(shape, 1), {x})[0].shape() == shape);
        }
    }

    TEST_CASE("writes over numbers that nobody else sees") {
        Variable x(random_array({64}));
        const Real* numbers = x.value().data();
        x = -(2 * std::move(x) + 1);
        CHECK(x.value().data() == numbers);
        Variable sum = std::move(x) + Variable(random_array({64}));
        CHECK(sum.value().data() == numbers);
        Variable wide = Variable(random_array({64})) - std::move(sum);
        CHECK(wide.shape() == Shape{64});
    }
    TEST_CASE("leaves numbers alone that others hold") {
        const Array numbers = random_array({4, 4});
        const Variable x(numbers);
        const Variable same = x;
        for (const Variable& y : {x + same, x - same, same * x, x / same, -x, 2 * x, x + 1,
                                  x + Variable(Real(1)), Variable(Real(1)) - x}) {
            CHECK(y.id() != x.id());
            CHECK(same_bits(x.value(), numbers));
        }
    }
    TEST_CASE("leaves numbers alone that a way back still needs") {
        const Variable x(Array{2, 3});
        Tape tape;
        const Variable y = -scale(x * x, 2) + x * Variable(Array{10, 10});
        CHECK(tape.gradients(y, Array{1, 1}, {x})[0].value() == Array{2, -2});
    }
    TEST_CASE("leaves the cotangent alone") {
        const Variable x(Array{2, 3});
        const Variable g(Array{1, 1});
        Tape tape;
        const Variable y = -scale(x + x, 2) - x;
        CHECK(tape.gradients(y, g, {x})[0].value() == Array{-5, -5});
        CHECK(g.value() == Array{1, 1});
    }
    TEST_CASE("leaves gradients alone that are read twice") {
        const Variable x(Array{2, 3});
        Tape tape;
        const Variable y = x * x - 2 * x;
        const Variable z = -y;
        const auto first = tape.gradients(z, Array{1, 1}, {x, y}, Keep::yes);
        const auto second = tape.gradients(z, Array{1, 1}, {x, y});
        for (const auto& g : {first, second}) {
            CHECK(g[0].value() == Array{-2, -4});
            CHECK(g[1].value() == Array{-1, -1});
        }
    }
}
