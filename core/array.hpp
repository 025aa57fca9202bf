#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <xtape/core/extents.hpp>
#include <xtape/core/xt.hpp>

namespace xtape {

/// The number type, fixed when the library is built: double in xtape::f64 (gradient checks,
/// teaching), float in xtape::f32 (training). The sources are the same.
#ifdef XTAPE_SINGLE
using Real = float;
#else
using Real = double;
#endif

/// An xarray, row-major and of any rank, with its numbers in pooled memory.
template <class T>
using ArrayOf = xt::xarray_container<xt::uvector<T, PoolAllocator<T>>, xt::layout_type::row_major,
                                     Extents<std::size_t>>;

/// The numbers we differentiate; rank 0 holds one number.
using Array = ArrayOf<Real>;

/// Token ids, class labels, positions. No gradient flows through them, and the type says so.
using Index = ArrayOf<std::int64_t>;

/// true marks what an operator acts on. No gradient flows through it either.
using Mask = ArrayOf<bool>;

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
