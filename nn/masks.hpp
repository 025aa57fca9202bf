#pragma once

#include <xtape/core/array.hpp>

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

}  // namespace xtape
