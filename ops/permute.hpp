#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// Puts the axes in another order: axis k of y is axis axes[k] of x. For axes {2, 0, 1},
/// y[k, i, j] = x[i, j, k].
///
///     x      any shape
///     axes   every axis of x once; AxisError otherwise
///     y      extent axes[k] of x at axis k
Variable permute(const Variable& x, const Axes& axes);

/// y = x with two axes exchanged; by default the last two, y[.., j, i] = x[.., i, j].
///
///     axis0, axis1   in [-rank, rank); AxisError otherwise
Variable transpose(const Variable& x, std::ptrdiff_t axis0 = -2, std::ptrdiff_t axis1 = -1);

/// Reverses the order along `axes`: for a vector of n, y[i] = x[n - 1 - i].
///
///     axes   each in [-rank, rank), in any order; AxisError otherwise
///     y      the shape of x
Variable flip(Variable x, const Axes& axes);

}  // namespace xtape
