#include <xtape/ops/exp.hpp>

#include <limits>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/slope.hpp>

namespace xtape {

namespace {

/// e^v. xsimd's own gives up before the range ends: inf from 709.43 on instead of from 709.79, and
/// 0 for everything subnormal. So far out, e^v = (e^(v/2))^2.
Batch exp_of(const Batch& v) {
    const Real far = sizeof(Real) == sizeof(double) ? Real(700) : Real(80);
    const auto is_far = xsimd::abs(v) > far;
    if (!xsimd::any(is_far)) {
        return exponential(v);
    }
    const Batch root = exponential(v * Real(0.5));
    return select(is_far, root * root, exponential(v));
}

/// log v. xsimd's own is wrong for subnormal numbers in double precision; those are first scaled
/// into the normal range.
Batch log_of(const Batch& v) {
    const auto is_tiny = v < std::numeric_limits<Real>::min();
    if (!xsimd::any(is_tiny)) {
        return xsimd::log(v);
    }
    const Batch scaled = xsimd::log(v * Real(0x1p54));
    constexpr auto log_scale = Real(37.429947750237047);  // log 2^54
    return select(is_tiny, scaled - log_scale, xsimd::log(v));
}

}  // namespace

// y = e^x is its own derivative: dL/dx = g y.
Variable exp(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return exp_of(v); });
    return record("Exp", y, Input{x, [y](Variable g) { return std::move(g) * y; }});
}

// y = log x: dL/dx = g / x.
Variable log(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return log_of(v); });
    return record("Log", std::move(y), Input{x, [x](Variable g) { return std::move(g) / x; }});
}

// y = log(1 + x): dL/dx = g / (1 + x).
Variable log1p(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return xsimd::log1p(v); });
    return record("Log1p", std::move(y),
                  Input{x, [x](Variable g) { return std::move(g) / (1 + x); }});
}

}  // namespace xtape
