#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y has the numbers of x in the same row-major order, and another shape.
///
///     x      any shape
///     shape  of as many elements; ShapeError otherwise
Variable reshape(Variable x, const Shape& shape);

/// The same, and one extent may be -1: as many as are left. Throws ValueError if two are -1, or if
/// another is 0, so that any number would do.
Variable reshape(Variable x, std::initializer_list<std::ptrdiff_t> shape);

/// Puts an axis of extent 1 before `axis`; -1 puts it last.
Variable unsqueeze(Variable x, std::ptrdiff_t axis);

/// Removes an axis. Throws ShapeError unless its extent is 1.
Variable squeeze(Variable x, std::ptrdiff_t axis);

}  // namespace xtape
