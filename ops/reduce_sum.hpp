#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// Written as an argument: reduce_sum(x, {-1}, keep_dims).
inline constexpr bool keep_dims = true;

/// y = sum of x over `axes`, or over all axes; a number if none is left.
///
///     x      any shape
///     axes   each in [-rank, rank), in any order; AxisError otherwise. None: y = x
///     y      the shape of x without `axes`, or with 1 there if `keep`
///
/// A sum of nothing is 0.
Variable reduce_sum(const Variable& x);
Variable reduce_sum(const Variable& x, const Axes& axes, bool keep = false);

/// y = reduce_sum(x, axes) / count, where count is the number of terms of each sum. The mean of
/// nothing is nan.
Variable mean(const Variable& x);
Variable mean(const Variable& x, const Axes& axes, bool keep = false);

}  // namespace xtape
