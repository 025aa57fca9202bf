#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y[i] = sqrt( sum_k x[i, k]^2 ), for axis = 1 of a matrix: Euclid's length.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     y      the shape of x without `axis`, or with 1 there if `keep`
///
/// At 0, where the slope depends on the direction, the gradient is 0: the mean of all of them.
Variable norm(const Variable& x, std::ptrdiff_t axis, bool keep = false);

}  // namespace xtape
