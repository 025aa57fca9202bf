#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// A nan is larger and smaller than everything: where one takes part, it is the result.

/// y = max(a, b) and y = min(a, b), element by element and broadcasting as + does. Where both are
/// equal, each gets half of the gradient.
///
/// Throws ShapeError if the shapes do not broadcast.
Variable maximum(const Variable& a, const Variable& b);
Variable minimum(const Variable& a, const Variable& b);

/// y = the largest x along an axis. If several are equally large, amax shares the gradient
/// evenly between them, and max gives it to the first.
///
///     x      any shape but []
///     axis   in [-rank, rank), AxisError otherwise; not empty, ValueError otherwise
///     y      the shape of x without `axis`, or with 1 there if `keep`
Variable amax(const Variable& x, std::ptrdiff_t axis, bool keep = false);
Variable max(const Variable& x, std::ptrdiff_t axis, bool keep = false);

/// Where along the axis the first largest x is, as gather wants it: with extent 1 at `axis`.
Index argmax(const Variable& x, std::ptrdiff_t axis);

}  // namespace xtape
