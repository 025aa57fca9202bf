#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// Repeats x to `shape` by NumPy's rule: aligned at the last axis, an extent of 1 repeats.
///
///     x      broadcasts to `shape`; ShapeError otherwise
///     y      shape
Variable broadcast_to(Variable x, const Shape& shape);

/// Sums x over the axes along which `shape` would be repeated to give the shape of x: the adjoint
/// of broadcast_to, and free where shapes agree.
///
///     x      `shape` broadcasts to it; ShapeError otherwise
///     y      shape
Variable sum_to(Variable x, const Shape& shape);

}  // namespace xtape
