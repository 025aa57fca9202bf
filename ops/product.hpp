#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y[i] = x[i, 0] x[i, 1] ... x[i, n - 1], for axis = 1 of a matrix.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     y      the shape of x without `axis`, or with 1 there if `keep`
///
/// A product of nothing is 1.
Variable product(const Variable& x, std::ptrdiff_t axis, bool keep = false);

}  // namespace xtape
