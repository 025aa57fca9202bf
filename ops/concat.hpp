#pragma once

#include <vector>

#include <xtape/core/variable.hpp>

namespace xtape {

/// Puts arrays one after the other along one axis: for axis = 0 of matrices, y has the rows of the
/// first part, then those of the second, and so on. A part may be empty, or appear twice.
///
///     parts  at least one, ValueError otherwise; any shape but [], equal but for `axis`,
///            ShapeError otherwise
///     axis   in [-rank, rank); AxisError otherwise
///     y      the shape of the parts; along `axis`, their extents added up
Variable concat(const std::vector<Variable>& parts, std::ptrdiff_t axis);

}  // namespace xtape
