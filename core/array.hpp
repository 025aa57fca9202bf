#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
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
using Index = xt::xarray<std::int64_t, xt::layout_type::row_major, PoolAllocator<std::int64_t>>;

/// true marks what an operator acts on. No gradient flows through it either.
using Mask = xt::xarray<bool, xt::layout_type::row_major, PoolAllocator<bool>>;

using Shape = Array::shape_type;

/// Axes as users write them: negative ones count from the last, -1.
using Axes = std::vector<std::ptrdiff_t>;

// xtensor converts arrays of any numbers into each other: it would cut the label 2.7 down to 2 and
// take every number but 0 for true. With these, functions of an Index or a Mask delete that, and
// Variable refuses labels, for which there are no gradients, and the other precision.
template <class Numbers, class T = typename Numbers::value_type>
using IfNoIndex = std::enable_if_t<!(std::is_integral_v<T> && std::is_signed_v<T> &&
                                     sizeof(T) == sizeof(std::int64_t))>;
template <class Numbers, class T = typename Numbers::value_type>
using IfNoMask = std::enable_if_t<!std::is_same_v<T, bool>>;
template <class Numbers, class T = typename Numbers::value_type>
using IfNoReal = std::enable_if_t<!std::is_same_v<T, Real>>;

/// The number of elements of an array of this shape.
std::size_t element_count(const Shape& shape);

}  // namespace xtape
