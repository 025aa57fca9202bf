#include <xtape/ops/arithmetic.hpp>

#include <xtape/core/plus.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/elementwise.hpp>

namespace xtape {

namespace {

/// f(a, b), in the buffer of an operand that has the result's shape and that nobody else can see.
template <class F>
Array combine(const char* op, Variable&& a, Variable&& b, F f) {
    const Shape shape = broadcast_shape(op, a.shape(), b.shape());
    const bool in_a = a.is_unique() && a.shape() == shape;
    const bool in_b = !in_a && b.is_unique() && b.shape() == shape;
    Array y = in_a ? reuse_or_copy(a) : in_b ? reuse_or_copy(b) : Array::from_shape(shape);
    broadcast_map(y, in_a ? y : a.value(), in_b ? y : b.value(), f);
    return y;
}

}  // namespace

// y = a + b: dL/da = g and dL/db = g, summed over the copies that broadcasting made.
Variable operator+(Variable a, Variable b) {
    if (a.shape() == b.shape()) {
        return plus(std::move(a), std::move(b));
    }
    Input to_a{a, [shape = a.shape()](Variable g) { return sum_to(std::move(g), shape); }};
    Input to_b{b, [shape = b.shape()](Variable g) { return sum_to(std::move(g), shape); }};
    Array y = combine("add", std::move(a), std::move(b), [](Batch p, Batch q) { return p + q; });
    return record("Add", std::move(y), std::move(to_a), std::move(to_b));
}

// y = a - b: dL/da = g and dL/db = -g, summed over the copies.
Variable operator-(Variable a, Variable b) {
    Input to_a{a, [shape = a.shape()](Variable g) { return sum_to(std::move(g), shape); }};
    Input to_b{b, [shape = b.shape()](Variable g) { return sum_to(-std::move(g), shape); }};
    Array y = combine("sub", std::move(a), std::move(b), [](Batch p, Batch q) { return p - q; });
    return record("Sub", std::move(y), std::move(to_a), std::move(to_b));
}

// y = a b: dL/da = g b and dL/db = g a, summed over the copies.
Variable operator*(Variable a, Variable b) {
    Input to_a{a, [a, b](Variable g) { return sum_to(std::move(g) * b, a.shape()); }};
    Input to_b{b, [a, b](Variable g) { return sum_to(std::move(g) * a, b.shape()); }};
    Array y = combine("mul", std::move(a), std::move(b), [](Batch p, Batch q) { return p * q; });
    return record("Mul", std::move(y), std::move(to_a), std::move(to_b));
}

// y = a / b: dL/da = g / b and dL/db = -g a / b^2 = -(g / b) (a / b), summed over the copies.
Variable operator/(Variable a, Variable b) {
    Input to_a{a, [a, b](Variable g) { return sum_to(std::move(g) / b, a.shape()); }};
    Input to_b{b,
               [a, b](Variable g) { return sum_to(-((std::move(g) / b) * (a / b)), b.shape()); }};
    Array y = combine("div", std::move(a), std::move(b), [](Batch p, Batch q) { return p / q; });
    return record("Div", std::move(y), std::move(to_a), std::move(to_b));
}

// y = -x is linear, and its matrix -I is its own transpose: dL/dx = -g. (For AVX-512 xsimd takes -v for
// 0 - v, which loses the sign of 0.)
Variable operator-(Variable x) {
    Input to_x{x, [](Variable g) { return -std::move(g); }};
    return record("Neg", elementwise(std::move(x), [](Batch v) { return v * Real(-1); }),
                  std::move(to_x));
}

// y = c x is linear, and its matrix c I is its own transpose: dL/dx = c g.
Variable scale(Variable x, Real c) {
    Input to_x{x, [c](Variable g) { return scale(std::move(g), c); }};
    Array y = elementwise(std::move(x), [c](Batch v) { return v * c; });
    return record({"Scale", {{"c", c}}}, std::move(y), std::move(to_x));
}

// y = x + c moves every output as far as its input: dL/dx = g.
Variable shift(Variable x, Real c) {
    Input to_x{x, [](Variable g) { return g; }};
    Array y = elementwise(std::move(x), [c](Batch v) { return v + c; });
    return record({"Shift", {{"c", c}}}, std::move(y), std::move(to_x));
}

}  // namespace xtape
