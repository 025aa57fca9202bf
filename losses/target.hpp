#pragma once

#include <type_traits>

#include <xtape/core/array.hpp>

namespace xtape::detail {

template <class T>
inline constexpr bool is_label = std::is_integral_v<T>&& std::is_signed_v<T> &&
                                 (sizeof(T) == sizeof(std::int64_t));

template <class T>
inline constexpr bool is_target = is_label<T> || std::is_same_v<T, Real>;

/// What a container of targets is read as: whole numbers of 64 bits are classes, an Index, and Reals are
/// probabilities, an Array.
template <class Numbers, class T = typename Numbers::value_type,
          class = std::enable_if_t<is_target<T>>>
using TargetOf = std::conditional_t<is_label<T>, Index, Array>;

/// Other numbers are refused: xtensor would convert them.
template <class Numbers, class T = typename Numbers::value_type>
using IfNoTarget = std::enable_if_t<!is_target<T>>;

}  // namespace xtape::detail
