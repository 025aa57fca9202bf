#include <xtape/ops/relu.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/ops/detail/slope.hpp>

// Where y is a straight line in x, its derivative is the slope of that line; and because the slopes
// are constant, the second derivatives are 0. Gradients that a slope of 0 stops are filled with 0,
// not multiplied by it: nan times 0 is nan.

namespace xtape {

// y = max(x, 0): dL/dx = g where x > 0, 0 elsewhere; and x > 0 is where y > 0.
Variable relu(Variable x) {
    const Variable y = elementwise_in(x, [](Batch v) { return select(v <= 0, Batch(0), v); });
    const auto slope = [](Batch g, Batch t) { return select(t <= 0, Batch(0), g); };
    const auto pullback = [y, slope](Variable g) {
        return apply_slope("ReluSlope", std::move(g), y, slope);
    };
    return record("Relu", y, Input{x, pullback});
}

// y = x where x > 0, and s x elsewhere: dL/dx = g where x > 0, s g elsewhere.
Variable leaky_relu(const Variable& x, Real slope) {
    const auto bent = [slope](Batch v, Batch t) { return select(t > 0, v, v * slope); };
    const auto pullback = [x, bent](Variable g) {
        return apply_slope("LeakyReluSlope", std::move(g), x, bent);
    };
    Array y = elementwise(x, [bent](Batch v) { return bent(v, v); });
    return record({"LeakyRelu", {{"slope", slope}}}, std::move(y), Input{x, pullback});
}

// y = |x|: dL/dx = -g where x < 0, 0 at x = 0, g elsewhere.
Variable abs(const Variable& x) {
    const auto slope = [](Batch g, Batch t) {
        return select(t == 0, Batch(0), select(t < 0, -g, g));
    };
    const auto pullback = [x, slope](Variable g) {
        return apply_slope("AbsSlope", std::move(g), x, slope);
    };
    Array y = elementwise(x, [](Batch v) { return xsimd::abs(v); });
    return record("Abs", std::move(y), Input{x, pullback});
}

// y = min(max(x, low), high): dL/dx = g where low <= x <= high, 0 elsewhere.
Variable clamp(const Variable& x, Real low, Real high) {
    if (!(low <= high)) {
        throw ValueError(
            text("clamp: low ", low, " is above high ", high, "; low must not be larger"));
    }
    const auto slope = [low, high](Batch g, Batch t) {
        return select(t >= low && t <= high, g, Batch(0));
    };
    const auto pullback = [x, slope](Variable g) {
        return apply_slope("ClampSlope", std::move(g), x, slope);
    };
    Array y = elementwise(x, [low, high](Batch v) {
        return select(v < low, Batch(low), select(v > high, Batch(high), v));
    });
    return record({"Clamp", {{"low", low}, {"high", high}}}, std::move(y), Input{x, pullback});
}

}  // namespace xtape
