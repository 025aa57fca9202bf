#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// Adds to every vector of a sequence waves that tell its position p:
///
///     y[b, p, 2i]     = x[b, p, 2i]     + sin(p / 10000^(2i / width))
///     y[b, p, 2i + 1] = x[b, p, 2i + 1] + cos(p / 10000^(2i / width))
///
///     x      [..., T, width]; ShapeError otherwise
///     first  the position p of x[..., 0, :], for a sequence that comes in pieces
///     y      [..., T, width]
///
/// Vaswani et al., "Attention is all you need" (2017). There is nothing to learn and no longest
/// sequence: positions beyond the table are computed when they come.
struct PositionalEncoding {
    explicit PositionalEncoding(std::size_t width, std::size_t table_length = 256);

    Variable operator()(Variable x, std::size_t first = 0) const;

    Array table;  // [table_length, width], the waves of the first positions
};

}  // namespace xtape
