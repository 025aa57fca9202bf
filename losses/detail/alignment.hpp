#pragma once

#include <optional>

#include <xtape/core/array.hpp>

namespace xtape {

/// The targets, fitted to the rows of log-probabilities.
struct Alignment {
    Index index;        // [..., 1]  what gather may pick: a class, and class 0 for PAD
    Mask pad;           // [..., 1]  true for PAD
    Shape tokens;       // [...]     the axes without the classes
    std::size_t count;  // of tokens that are not PAD
};

/// Checks every target, so that PAD never indexes and nothing else slips through.
///
///     target  [...] or [..., 1]   in [0, V), or ignore_index; IndexError otherwise
///     scores  [..., V]            ShapeError if the other axes differ
Alignment align(const Index& target, const Shape& scores,
                const std::optional<std::int64_t>& ignore_index);

/// The rows that are not PAD, counted through all leading axes, and their targets.
struct LiveRows {
    Index rows;    // [count]
    Index target;  // [count]
};
LiveRows live_rows(const Alignment& aligned);

}  // namespace xtape
