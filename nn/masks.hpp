#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Masks of sequences; true marks what must not be seen.

/// Where a batch of token rows is filled up: mask[b, s] = (tokens[b, s] == padding).
Mask padding_mask(const Index& tokens, std::int64_t padding);
template <class Numbers, class = IfNoIndex<Numbers>>
Mask padding_mask(const Numbers& tokens, std::int64_t padding) = delete;

/// [B, S] -> [B, 1, 1, S]: no query of row b, in no head, sees the keys that `padding` marks.
/// Throws ShapeError unless the mask has two axes.
Mask hide_padding(const Mask& padding);

/// [T, T]: position t does not see those after it; mask[t, s] = (s > t).
Mask hide_future(std::size_t length);

/// Whether the mask marks anything; Mask() does not.
bool marks_any(const Mask& mask);

/// x with zeros at PAD: what stands there must not be multiplied even by 0, which leaves nan.
///
///     x        [B, T, width]
///     padding  [B, T]; ShapeError otherwise
///
/// The gradient at PAD is 0.
Variable without_padding(const Variable& x, Mask padding);

}  // namespace xtape
