#include <xtape/ops/power.hpp>

#include <cmath>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/lanewise.hpp>
#include <xtape/ops/detail/slope.hpp>

// y = x^p: dL/dx = g p x^(p - 1). Where that is a power of y, only y is kept.

namespace xtape {

// y = x^2: dL/dx = 2 g x.
Variable square(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return v * v; });
    return record("Square", std::move(y),
                  Input{x, [x](Variable g) { return scale(std::move(g) * x, 2); }});
}

// y = x^(1/2): dL/dx = g / (2 x^(1/2)) = g / y / 2.
Variable sqrt(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return xsimd::sqrt(v); });
    return record("Sqrt", y,
                  Input{x, [y](Variable g) { return scale(std::move(g) / y, Real(0.5)); }});
}

// y = x^(-1/2): dL/dx = -1/2 g x^(-3/2) = -1/2 g y^3.
Variable rsqrt(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return 1 / xsimd::sqrt(v); });
    const auto pullback = [y](Variable g) {
        return scale(std::move(g) * (square(y) * y), Real(-0.5));
    };
    return record("Rsqrt", y, Input{x, pullback});
}

// y = 1 / x: dL/dx = -g / x^2 = -g y^2.
Variable reciprocal(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return 1 / v; });
    return record("Reciprocal", y,
                  Input{x, [y](Variable g) { return -(std::move(g) * square(y)); }});
}

// y = x^p: dL/dx = p g x^(p - 1). For p = 0 this would be 0 times inf at x = 0, but y = 1 there as
// everywhere: dL/dx = 0.
Variable pow(const Variable& x, Real p) {
    const auto power = [p](Real base) { return std::pow(base, p); };
    Array y = elementwise(x, [power](Batch v) { return lanewise(power, v); });
    const auto flat = [](Batch, Batch) { return Batch(0); };
    const auto pullback = [x, p, flat](Variable g) {
        return p == 0 ? apply_slope("FlatSlope", std::move(g), x, flat)
                      : scale(std::move(g) * pow(x, p - 1), p);
    };
    return record({"Pow", {{"p", p}}}, std::move(y), Input{x, pullback});
}

}  // namespace xtape
