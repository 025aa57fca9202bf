#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <xtape/core/memory.hpp>
#include <xtape/core/xt.hpp>

namespace xtape {

/// The number type, fixed when the library is built: double in xtape::f64 (gradient checks,
/// teaching), float in xtape::f32 (training). The sources are the same.
#ifdef XTAPE_SINGLE
using Real = float;
#else
using Real = double;
#endif

/// The numbers we differentiate: row-major, of any rank; rank 0 holds one number.
using Array = xt::xarray<Real, xt::layout_type::row_major, PoolAllocator<Real>>;

/// Token ids, class labels, positions. No gradient flows through them, and the type says so.
using Index = xt::xarray<std::int64_t, xt::layout_type::row_major>;

/// true marks what an operator acts on. No gradient flows through it either.
using Mask = xt::xarray<bool, xt::layout_type::row_major>;

using Shape = Array::shape_type;

/// Axes as users write them: negative ones count from the last, -1.
using Axes = std::vector<std::ptrdiff_t>;

/// The number of elements of an array of this shape.
std::size_t element_count(const Shape& shape);

}  // namespace xtape
