#include <xtape/ops/tanh.hpp>

#include <cmath>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/lanewise.hpp>
#include <xtape/ops/detail/slope.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/power.hpp>

namespace xtape {

namespace {

Batch sigmoid_of(const Batch& v) {
    return 1 / (1 + exponential(-v));
}

/// log(1 + e^-|v|): never overflows, and keeps its digits where e^-|v| is small.
Batch log_correction(const Batch& v) {
    return xsimd::log1p(exponential(-xsimd::abs(v)));
}

/// erf v. In double precision xsimd's own loses 5 bits near 2.2 and is nan beyond 1e61.
Batch erf_of(const Batch& v) {
    if constexpr (sizeof(Real) == sizeof(double)) {
        return lanewise([](Real u) { return std::erf(u); }, v);
    } else {
        return xsimd::erf(v);
    }
}

/// u (1 - y^2) for y = tanh x; in y, this has the slope -2 u y.
Variable through_tanh(Variable u, const Variable& y) {
    return apply_slope(
        "TanhSlope", std::move(u), y, [](Batch g, Batch t) { return g * (1 - t * t); },
        [](Variable h, const Variable& t) { return scale(std::move(h) * t, -2); });
}

/// u y (1 - y) for y = sigmoid x; in y, this has the slope u (1 - 2 y).
Variable through_sigmoid(Variable u, const Variable& y) {
    return apply_slope(
        "SigmoidSlope", std::move(u), y, [](Batch g, Batch t) { return g * (t * (1 - t)); },
        [](Variable h, const Variable& t) { return std::move(h) * (1 - scale(t, 2)); });
}

/// u sigmoid(sign x), the slope of softplus and of log_sigmoid. In x, this has the slope
/// sign u y (1 - y) for y = sigmoid(sign x). Minus the sign it would be the same number, but 1 - y
/// would lose its digits where y itself is small.
Variable through_softplus(Variable u, const Variable& x, Real sign) {
    return apply_slope(
        "SoftplusSlope", std::move(u), x,
        [sign](Batch g, Batch t) { return g * sigmoid_of(t * sign); },
        [sign](Variable h, const Variable& t) {
            return scale(through_sigmoid(std::move(h), sigmoid(scale(t, sign))), sign);
        });
}

}  // namespace

// y = tanh x = sinh x / cosh x, so dy/dx = (cosh^2 x - sinh^2 x) / cosh^2 x: dL/dx = g (1 - y^2).
Variable tanh(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return xsimd::tanh(v); });
    return record("Tanh", y, Input{x, [y](Variable g) { return through_tanh(std::move(g), y); }});
}

// y = 1 / (1 + e^-x), so dy/dx = e^-x / (1 + e^-x)^2 = y (1 - y): dL/dx = g y (1 - y).
Variable sigmoid(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return sigmoid_of(v); });
    return record("Sigmoid", y,
                  Input{x, [y](Variable g) { return through_sigmoid(std::move(g), y); }});
}

// y = log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), so dy/dx = e^x / (1 + e^x):
// dL/dx = g sigmoid(x).
Variable softplus(const Variable& x) {
    Array y =
        elementwise(x, [](Batch v) { return select(v < 0, Batch(0), v) + log_correction(v); });
    return record("Softplus", std::move(y),
                  Input{x, [x](Variable g) { return through_softplus(std::move(g), x, 1); }});
}

// y = -log(1 + e^-x) = min(x, 0) - log(1 + e^-|x|), so dy/dx = e^-x / (1 + e^-x):
// dL/dx = g sigmoid(-x).
Variable log_sigmoid(const Variable& x) {
    Array y =
        elementwise(x, [](Batch v) { return select(v > 0, Batch(0), v) - log_correction(v); });
    return record("LogSigmoid", std::move(y),
                  Input{x, [x](Variable g) { return through_softplus(std::move(g), x, -1); }});
}

// y = 2 / sqrt(pi) times the integral of e^(-u^2) from 0 to x: dL/dx = 2 / sqrt(pi) g e^(-x^2).
Variable erf(const Variable& x) {
    constexpr auto two_over_root_pi = Real(1.1283791670955126);
    Array y = elementwise(x, [](Batch v) { return erf_of(v); });
    const auto pullback = [x](Variable g) {
        return scale(std::move(g) * exp(-square(x)), two_over_root_pi);
    };
    return record("Erf", std::move(y), Input{x, pullback});
}

}  // namespace xtape
