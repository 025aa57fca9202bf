#pragma once

#include <cstdint>
#include <optional>

#include <xtape/core/variable.hpp>

namespace xtape {

/// Looks up rows of a table: y[i] = table[index[i]], for i any place in the index.
///
///     table          [rows, width]; ShapeError otherwise
///     index          any shape; every entry in [0, rows), IndexError otherwise
///     padding_index  a row that is looked up as any other and whose gradient is zero by
///                    definition, so that it stays as it is; in [0, rows), ValueError otherwise
///     y              the shape of index, then width
Variable embedding(const Variable& table, const Index& index,
                   std::optional<std::int64_t> padding_index = {});
template <class Numbers, class = IfNoIndex<Numbers>>
Variable embedding(const Variable& table, const Numbers& index,
                   std::optional<std::int64_t> padding_index = {}) = delete;

/// Adds every row of x to zeros where embedding would look it up: y[index[i]] += x[i]. Repeated
/// indices add, in the order of x.
///
///     x      the shape of index, then width; ShapeError otherwise
///     index  any shape; every entry in [0, rows), IndexError otherwise
///     y      [rows, width]
Variable embedding_sum(const Variable& x, const Index& index, std::size_t rows);
template <class Numbers, class = IfNoIndex<Numbers>>
Variable embedding_sum(const Variable& x, const Numbers& index, std::size_t rows) = delete;

}  // namespace xtape
