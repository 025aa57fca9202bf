#include <algorithm>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

DualArray each(DualArray x, const std::function<Dual(const Dual&)>& f) {
    std::transform(x.numbers.begin(), x.numbers.end(), x.numbers.begin(), f);
    return x;
}

DualArray each(const DualArray& a, const DualArray& b,
               const std::function<Dual(const Dual&, const Dual&)>& f) {
    return made(common_shape(a.shape, b.shape), [&](const Place& place) {
        return f(a[before_broadcasting(place, a.shape)], b[before_broadcasting(place, b.shape)]);
    });
}

bool is_set(const Mask& mask, const Place& place) {
    return mask.data()[flat(before_broadcasting(place, mask.shape()), mask.shape())];
}

Dual fraction(const Dual& a, const Dual& b) {
    return a / b;
}
Dual larger(const Dual& a, const Dual& b) {
    if (a.v.value == b.v.value) {
        return Dual(0.5) * (a + b);
    }
    return a.v.value > b.v.value ? a : b;
}
Dual held(const Dual& x, double low, double high) {
    return x.v.value < low ? Dual(low) : x.v.value > high ? Dual(high) : x;
}

}  // namespace

DualArray operator+(const DualArray& a, const DualArray& b) {
    return each(a, b, [](const Dual& p, const Dual& q) { return p + q; });
}
DualArray operator-(const DualArray& a, const DualArray& b) {
    return each(a, b, [](const Dual& p, const Dual& q) { return p - q; });
}
DualArray operator*(const DualArray& a, const DualArray& b) {
    return each(a, b, [](const Dual& p, const Dual& q) { return p * q; });
}
DualArray operator/(const DualArray& a, const DualArray& b) {
    return each(a, b, fraction);
}
DualArray operator-(const DualArray& x) {
    return each(x, [](const Dual& v) { return -v; });
}
DualArray scale(const DualArray& x, Real c) {
    return each(x, [c](const Dual& v) { return Dual(c) * v; });
}
DualArray shift(const DualArray& x, Real c) {
    return each(x, [c](const Dual& v) { return v + Dual(c); });
}

DualArray exp(const DualArray& x) {
    return each(x, [](const Dual& v) { return exp(v); });
}
DualArray log(const DualArray& x) {
    return each(x, [](const Dual& v) { return log(v); });
}
DualArray log1p(const DualArray& x) {
    return each(x, [](const Dual& v) { return log1p(v); });
}
DualArray square(const DualArray& x) {
    return each(x, [](const Dual& v) { return v * v; });
}
DualArray sqrt(const DualArray& x) {
    return each(x, [](const Dual& v) { return sqrt(v); });
}
DualArray rsqrt(const DualArray& x) {
    return each(x, [](const Dual& v) { return reciprocal(sqrt(v)); });
}
DualArray reciprocal(const DualArray& x) {
    return each(x, [](const Dual& v) { return reciprocal(v); });
}
DualArray pow(const DualArray& x, Real p) {
    return each(x, [p](const Dual& v) { return pow(v, p); });
}
DualArray sin(const DualArray& x) {
    return each(x, [](const Dual& v) { return sin(v); });
}
DualArray cos(const DualArray& x) {
    return each(x, [](const Dual& v) { return cos(v); });
}
DualArray tanh(const DualArray& x) {
    return each(x, [](const Dual& v) { return tanh(v); });
}
DualArray sigmoid(const DualArray& x) {
    return each(x, [](const Dual& v) { return sigmoid(v); });
}
DualArray softplus(const DualArray& x) {
    return each(x, [](const Dual& v) { return softplus(v); });
}
DualArray log_sigmoid(const DualArray& x) {
    return each(x, [](const Dual& v) { return -softplus(-v); });
}
DualArray erf(const DualArray& x) {
    return each(x, [](const Dual& v) { return erf(v); });
}
DualArray gelu(const DualArray& x) {
    return each(x, [](const Dual& v) {
        return v * (Dual(1) + erf(v * Dual(0.7071067811865476))) * Dual(0.5);
    });
}
DualArray gelu_tanh(const DualArray& x) {
    return each(x, [](const Dual& v) {
        const Dual inner = Dual(0.7978845608028654) * (v + Dual(0.044715) * v * v * v);
        return v * (Dual(1) + tanh(inner)) * Dual(0.5);
    });
}
DualArray silu(const DualArray& x) {
    return each(x, [](const Dual& v) { return v * sigmoid(v); });
}

DualArray gru_gates(const DualArray& a, const DualArray& b, const DualArray& h) {
    return made(h.shape, [&](Place place) {
        const Dual before = h[place];
        const std::size_t width = h.shape.back();
        const auto next = [&] { return place.back() += width; };
        const Dual r = sigmoid(a[place] + b[place]);
        next();
        const Dual z = sigmoid(a[place] + b[place]);
        next();
        const Dual n = tanh(a[place] + r * b[place]);
        return (Dual(1) - z) * n + z * before;
    });
}

DualArray relu(const DualArray& x) {
    return leaky_relu(x, 0);
}
DualArray leaky_relu(const DualArray& x, Real slope) {
    return each(x, [slope](const Dual& v) { return v.v.value > 0 ? v : Dual(slope) * v; });
}
DualArray abs(const DualArray& x) {
    return each(x, [](const Dual& v) { return v.v.value > 0 ? v : v.v.value < 0 ? -v : Dual(0); });
}
DualArray clamp(const DualArray& x, Real low, Real high) {
    return each(x, [=](const Dual& v) { return held(v, low, high); });
}
DualArray maximum(const DualArray& a, const DualArray& b) {
    return each(a, b, larger);
}
DualArray minimum(const DualArray& a, const DualArray& b) {
    return -maximum(-a, -b);
}

DualArray masked_fill(const DualArray& x, const Mask& mask, Real value) {
    return made(common_shape(x.shape, mask.shape()), [&](const Place& place) {
        return is_set(mask, place) ? Dual(value) : x[before_broadcasting(place, x.shape)];
    });
}
DualArray where(Mask mask, DualArray a, DualArray b) {
    return made(common_shape(mask.shape(), common_shape(a.shape, b.shape)),
                [&](const Place& place) {
                    const DualArray& chosen = is_set(mask, place) ? a : b;
                    return chosen[before_broadcasting(place, chosen.shape)];
                });
}

DualArray dropout(const DualArray& x, double p, Random& random) {
    if (p == 0) {
        return x;
    }
    const Mask kept = random.bernoulli(x.shape, 1 - p);
    return made(x.shape, [&](const Place& place) {
        return is_set(kept, place) ? x[place] * Dual(1 / (1 - p)) : Dual(0);
    });
}

}  // namespace xtape::dual
