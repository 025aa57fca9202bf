#pragma once

#include <xtape/core/array.hpp>

namespace xtape {

/// The axis counted from the front. Throws AxisError unless -rank <= axis < rank.
std::size_t normalise_axis(const char* op, std::ptrdiff_t axis, const Shape& shape);

/// The axes counted from the front, in rising order. Throws AxisError if one does not exist or is
/// named twice.
std::vector<std::size_t> normalise_axes(const char* op, const Axes& axes, const Shape& shape);

/// An array seen as [outer, extent, inner] around one axis, or around `count` axes from `axis` on.
struct Around {
    std::size_t outer, extent, inner;
};
Around around(const Shape& shape, std::size_t axis, std::size_t count = 1);

}  // namespace xtape
