#include <xtape/core/detail/gradient_check/verdict.hpp>

#include <algorithm>
#include <cmath>

namespace xtape {

namespace {

constexpr bool is_double = sizeof(Real) == sizeof(double);

/// By default, less for an output whose numbers are small: c f is as right or wrong as f is.
double absolute_of(const CheckOptions& options, double size) {
    if (options.absolute != 0 || options.relative != 0) {
        return options.absolute;
    }
    const double most = !is_double ? 1e-2 : options.stencil == Stencil::linear ? 1e-12 : 1e-10;
    return most * std::clamp(size, 1e-3, 1.0);
}

double relative_of(const CheckOptions& options) {
    if (options.absolute != 0 || options.relative != 0) {
        return options.relative;
    }
    return !is_double ? 1e-2 : options.stencil == Stencil::linear ? 1e-12 : 1e-9;
}

}  // namespace

Verdict judge(double analytic, const Slope& slope, const CheckOptions& options, double terms) {
    const bool is_kink = slope.low < slope.high;
    const double numeric = is_kink ? std::clamp(analytic, slope.low, slope.high) : slope.low;
    const double magnitude = std::max(std::abs(numeric), terms);
    const bool is_settled = slope.doubt <= 1e-3 * std::max(1.0, magnitude);
    const double allowed = absolute_of(options, slope.size) + relative_of(options) * magnitude +
                           (is_settled ? 4 * slope.doubt : 0);
    const bool is_right = is_settled && std::abs(analytic - numeric) <= allowed;
    return {is_right, is_right && is_kink, numeric, allowed};
}

Slope weighted(const std::vector<Slope>& slopes, const Array& w) {
    Slope sum{0, 0, 0, 0};
    for (std::size_t o = 0; o < slopes.size(); ++o) {
        const double weight = double{w.data()[o]};
        if (weight == 0) {
            continue;  // of an infinite output
        }
        sum.low += std::min(weight * slopes[o].low, weight * slopes[o].high);
        sum.high += std::max(weight * slopes[o].low, weight * slopes[o].high);
        sum.doubt += std::abs(weight) * slopes[o].doubt;
        sum.size += std::abs(weight) * slopes[o].size;
    }
    return sum;
}

}  // namespace xtape
