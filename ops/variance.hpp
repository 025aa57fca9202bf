#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y = sum (x - mean x)^2 / (n - 1) over `axes`, where n is the number of terms: what a sample says
/// about the variance of all. Divided by n if not `unbiased`: the variance of these numbers.
///
///     x      any shape
///     axes   each in [-rank, rank), in any order; AxisError otherwise
///     y      the shape of x without `axes`, or with 1 there if `keep`
///
/// Of nothing it is nan; unbiased, of a single number too.
Variable variance(const Variable& x, const Axes& axes, bool unbiased = true, bool keep = false);

}  // namespace xtape
