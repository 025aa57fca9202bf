#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// Picks elements along one axis: for axis = 1 of a matrix, y[i, j] = x[i, index[i, j]].
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     index  the rank of x, along the other axes not longer than x; ShapeError otherwise
///            every entry in [0, extent of x along axis); IndexError otherwise
///     y      the shape of index
Variable gather(const Variable& x, std::ptrdiff_t axis, const Index& index);
template <class Numbers, class = IfNoIndex<Numbers>>
Variable gather(const Variable& x, std::ptrdiff_t axis, const Numbers& index) = delete;

/// Adds every element of x to zeros where gather would pick it up: for axis = 1 of a matrix,
/// y[i, index[i, j]] += x[i, j]. Repeated indices add, in the order of x.
///
///     x      the shape of index
///     axis   in [-rank, rank)
///     index  as for gather from an array of `shape`
///     shape  of y
Variable scatter_add(const Variable& x, std::ptrdiff_t axis, const Index& index,
                     const Shape& shape);
template <class Numbers, class = IfNoIndex<Numbers>>
Variable scatter_add(const Variable& x, std::ptrdiff_t axis, const Numbers& index,
                     const Shape& shape) = delete;

}  // namespace xtape
