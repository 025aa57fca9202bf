#include <xtape/ops/gelu.hpp>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/normal.hpp>
#include <xtape/ops/detail/slope.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/tanh.hpp>

// All three are y = x p(x) with a gate p, and so have the slope p + x p' and the bend 2 p' + x p''.

namespace xtape {

namespace {

Batch sigmoid_of(const Batch& v) {
    return 1 / (1 + exponential(-v));
}

// (1 + tanh v) / 2 = 1 / (1 + e^(-2v)) = sigmoid 2v, so the gate of gelu_tanh is sigmoid v(x) with
// v = k (x + c x^3), k = 2 sqrt(2 / pi), and v' = k (1 + 3 c x^2). T is Batch or Variable.
constexpr auto k = Real(1.5957691216057308);
constexpr auto c = Real(0.044715);

template <class T>
T inside(const T& x) {
    return x * (x * x * (k * c) + k);
}
template <class T>
T inside_slope(const T& x) {
    return x * x * (3 * k * c) + k;
}

}  // namespace

// y = x P(x), and P' is the normal density f: dL/dx = g (P + x f).
// f' = -x f, so the bend is 2 f + x f' = (2 - x^2) f.
Variable gelu(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return v * normal_at(v).below; });
    const auto slope = [](Batch g, Batch v) {
        const Normal p = normal_at(v);
        return g * (p.below + v * p.density);
    };
    const auto bend = [](Variable h, const Variable& t) {
        const Variable squared = square(t);
        const Variable density = scale(exp(scale(squared, Real(-0.5))), normal_peak);
        return std::move(h) * ((2 - squared) * density);
    };
    const auto pullback = [x, slope, bend](Variable g) {
        return apply_slope("GeluSlope", std::move(g), x, slope, bend);
    };
    return record("Gelu", std::move(y), Input{x, pullback});
}

// y = x s with s = sigmoid x and s' = s (1 - s): dL/dx = g s (1 + x (1 - s)).
// s'' = s' (1 - 2 s), so the bend is s' (2 + x (1 - 2 s)).
Variable silu(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return v * sigmoid_of(v); });
    const auto slope = [](Batch g, Batch v) {
        const Batch s = sigmoid_of(v);
        return g * (s * (1 + v * (1 - s)));
    };
    const auto bend = [](Variable h, const Variable& t) {
        const Variable s = sigmoid(t);
        return std::move(h) * (s * (1 - s) * (2 + t * (1 - 2 * s)));
    };
    const auto pullback = [x, slope, bend](Variable g) {
        return apply_slope("SiluSlope", std::move(g), x, slope, bend);
    };
    return record("Silu", std::move(y), Input{x, pullback});
}

// y = x s with s = sigmoid v(x) and s' = s (1 - s) v': dL/dx = g (s + x s (1 - s) v').
// s'' = s (1 - s) (v'^2 (1 - 2 s) + v''), v'' = 6 k c x, so the bend is
// s (1 - s) (2 v' + x (v'^2 (1 - 2 s) + v'')).
Variable gelu_tanh(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return v * sigmoid_of(inside(v)); });
    const auto slope = [](Batch g, Batch v) {
        const Batch s = sigmoid_of(inside(v));
        const Batch p = s * (1 - s);
        // Where the gate is fully open or shut, v' may be infinite.
        const Batch turn = select(p == 0, p, v * p * inside_slope(v));
        return g * (s + turn);
    };
    const auto bend = [](Variable h, const Variable& t) {
        const Variable s = sigmoid(inside(t));
        const Variable v1 = inside_slope(t);
        const Variable v2 = scale(t, 6 * k * c);
        return std::move(h) * (s * (1 - s) * (2 * v1 + t * (square(v1) * (1 - 2 * s) + v2)));
    };
    const auto pullback = [x, slope, bend](Variable g) {
        return apply_slope("GeluTanhSlope", std::move(g), x, slope, bend);
    };
    return record("GeluTanh", std::move(y), Input{x, pullback});
}

}  // namespace xtape
