#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y[i, j] = exp x[i, j] / sum_k exp x[i, k], for axis = 1 of a matrix.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///            of extent 1 or more; ShapeError otherwise
///     y      the shape of x; along `axis` it sums to 1
///
/// However large the numbers, nothing overflows. An x of -inf gives 0, which is how attention
/// masks; a row of nothing but -inf, and one that holds inf or nan, is all nan.
Variable softmax(Variable x, std::ptrdiff_t axis);

}  // namespace xtape
