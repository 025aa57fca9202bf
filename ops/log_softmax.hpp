#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y[i, j] = log( exp x[i, j] / sum_k exp x[i, k] ), for axis = 1 of a matrix.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///            of extent 1 or more; ShapeError otherwise
///     y      the shape of x
///
/// However large the numbers, nothing overflows. An x of -inf gives -inf and leaves the others
/// finite; a row of nothing but -inf, and one that holds inf or nan, is all nan.
Variable log_softmax(Variable x, std::ptrdiff_t axis);

/// y[i] = log sum_k exp x[i, k], for axis = 1 of a matrix: a maximum with rounded corners.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     y      the shape of x without `axis`, or with 1 there if `keep`
///
/// Of nothing, and of -inf alone, it is -inf.
Variable logsumexp(const Variable& x, std::ptrdiff_t axis, bool keep = false);

/// log sum_k exp x_k along the last axis in two parts, log sum = top + above: the largest x_k, taken for
/// a constant, and what the others add, in [0, log n]. A small above keeps digits that the sum would
/// round away: log p_k = (x_k - top) - above.
///
///     x            any shape but []; AxisError otherwise
///     top, above   the shape of x with 1 for the last axis
struct LogSum {
    Variable top, above;
};
LogSum log_sum(const Variable& x);

}  // namespace xtape
