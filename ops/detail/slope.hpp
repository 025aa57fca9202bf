#pragma once

#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/elementwise.hpp>

// The way back through y = f(x), element by element, is dL/dx = g f'(x). Most of f' is best told
// from x or from y in a single pass. Below, t is that x or y, and s(t) = f'(x) the slope of f.

namespace xtape {

/// f(x) in the buffer of x where nobody else can see it. Unlike a move, this leaves x its
/// identity, which the Input that follows needs.
template <class F>
Variable elementwise_in(Variable& x, F f) {
    return Variable(elementwise(std::move(x), f));
}

/// `slope(g, t)` element by element, in the buffer of g where nobody else can see it.
template <class Slope>
Array map_slope(Variable& g, const Variable& t, Slope slope) {
    if (!g.is_unique()) {
        Array z = Array::from_shape(g.shape());
        map(z, slope, g.value(), t.value());
        return z;
    }
    Array z = reuse_or_copy(g);
    map(z, slope, z, t.value());
    return z;
}

/// z = g s(t), where s is constant on pieces. `slope(g, t)` returns that product, and where s is 0 it
/// returns 0 whatever g is: nan times 0 is nan.
///
/// Linear in g and its own transpose: dL/dg = h s(t) for h = dL/dz. And dL/dt = 0.
template <class Slope>
Variable apply_slope(const char* op, Variable g, const Variable& t, Slope slope) {
    Input to_g{g, [op, t, slope](Variable h) { return apply_slope(op, std::move(h), t, slope); }};
    return record(op, map_slope(g, t, slope), std::move(to_g));
}

/// z = g s(t), where s is smooth: dL/dg = h s(t), and dL/dt = h g s'(t). `bend(u, t)` returns
/// u s'(t), written in the library's operators, and so the derivatives of all orders follow.
template <class Slope, class Bend>
Variable apply_slope(const char* op, Variable g, const Variable& t, Slope slope, Bend bend) {
    Input to_g{g, [op, t, slope, bend](Variable h) {
                   return apply_slope(op, std::move(h), t, slope, bend);
               }};
    Input to_t{t, [g, t, bend](Variable h) { return bend(std::move(h) * g, t); }};
    return record(op, map_slope(g, t, slope), std::move(to_g), std::move(to_t));
}

}  // namespace xtape
