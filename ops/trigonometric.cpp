#include <xtape/ops/trigonometric.hpp>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/slope.hpp>

// The derivative of either is the other, up to a sign; after four of them the circle closes.

namespace xtape {

// y = sin x: dL/dx = g cos x.
Variable sin(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return xsimd::sin(v); });
    return record("Sin", std::move(y), Input{x, [x](Variable g) { return std::move(g) * cos(x); }});
}

// y = cos x: dL/dx = -g sin x.
Variable cos(const Variable& x) {
    Array y = elementwise(x, [](Batch v) { return xsimd::cos(v); });
    return record("Cos", std::move(y),
                  Input{x, [x](Variable g) { return -(std::move(g) * sin(x)); }});
}

}  // namespace xtape
