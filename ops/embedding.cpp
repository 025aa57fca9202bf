#include <xtape/ops/embedding.hpp>

#include <algorithm>
#include <memory>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

// Embedding reads rows and embedding_sum writes them, and each is the other's gradient.
//
// y[i] = table[k_i] is linear in the table: y = P table, with a single 1 in every row of P. Hence
//
//     dL/dtable = P' g,    that is,    dL/dtable[k] = sum_i g[i] [k = k_i],
//
// which is embedding_sum. And because P'' = P, the gradient of embedding_sum is embedding.

namespace xtape {

namespace {

/// Checked indices of rows; `no_row` stands where nothing is read, which gives zeros, nor written.
using Rows = std::shared_ptr<const Index>;
constexpr std::int64_t no_row = -1;

Rows checked_rows(const char* op, const Index& index, std::size_t rows) {
    for (std::size_t n = 0; n < index.size(); ++n) {
        const std::int64_t k = index.data()[n];
        if (k < 0 || static_cast<std::uint64_t>(k) >= rows) {
            throw IndexError(text(op, ": index ", k, " at ", place_of(n, index.shape()),
                                  " is outside [0, ", rows, ")"));
        }
    }
    return std::make_shared<const Index>(index);
}

Rows without(const Rows& rows, std::int64_t padding) {
    Index kept = *rows;
    std::replace(kept.data(), kept.data() + kept.size(), padding, no_row);
    return std::make_shared<const Index>(std::move(kept));
}

Shape with_width(Shape shape, std::size_t width) {
    shape.push_back(width);
    return shape;
}

void add_rows(Array& y, const Rows& rows, const Array& x) {
    const auto plus = [](Batch a, Batch b) { return a + b; };
    const std::size_t width = y.shape()[1];
    for (std::size_t n = 0; n < rows->size(); ++n) {
        const std::int64_t k = rows->data()[n];
        if (k != no_row) {
            Real* sum = y.data() + static_cast<std::size_t>(k) * width;
            map(width, sum, plus, sum, x.data() + n * width);
        }
    }
}

Variable look_up(const Variable& table, const Rows& rows, const Rows& trained);

Variable sum_rows(const Variable& x, const Rows& rows, std::size_t count) {
    Array y({count, x.shape().back()}, 0);
    add_rows(y, rows, x.value());
    const auto pullback = [rows](Variable g) { return look_up(g, rows, rows); };
    return record("EmbeddingSum", std::move(y), Input{x, pullback});
}

/// `trained` are the rows that get a gradient: `rows`, but where there is padding.
Variable look_up(const Variable& table, const Rows& rows, const Rows& trained) {
    const std::size_t width = table.shape()[1];
    Array y = Array::from_shape(with_width(rows->shape(), width));
    for (std::size_t n = 0; n < rows->size(); ++n) {
        const std::int64_t k = rows->data()[n];
        Real* row = y.data() + n * width;
        if (k == no_row) {
            std::fill_n(row, width, Real(0));
        } else {
            copy_run(table.value().data() + static_cast<std::size_t>(k) * width, width, row);
        }
    }
    const auto pullback = [trained, count = table.shape()[0]](Variable g) {
        return sum_rows(g, trained, count);
    };
    const auto add_pullback = [trained](Array& sum, const Array& g) { add_rows(sum, trained, g); };
    return record("Embedding", std::move(y), Input{table, pullback, add_pullback});
}

}  // namespace

Variable embedding(const Variable& table, const Index& index,
                   std::optional<std::int64_t> padding_index) {
    if (table.shape().size() != 2) {
        throw ShapeError(text("embedding: the table has shape ", table.shape(),
                              "; it must have two axes, rows and width"));
    }
    const std::size_t count = table.shape()[0];
    const Rows rows = checked_rows("embedding", index, count);
    if (!padding_index) {
        return look_up(table, rows, rows);
    }
    if (*padding_index < 0 || static_cast<std::uint64_t>(*padding_index) >= count) {
        throw ValueError(
            text("embedding: padding_index ", *padding_index, " is outside [0, ", count, ")"));
    }
    return look_up(table, rows, without(rows, *padding_index));
}

Variable embedding_sum(const Variable& x, const Index& index, std::size_t rows) {
    const Shape& shape = x.shape();
    if (shape.empty() ||
        !std::equal(shape.begin(), shape.end() - 1, index.shape().begin(), index.shape().end())) {
        throw ShapeError(text("embedding_sum: the array has shape ", shape, " and the index ",
                              index.shape(),
                              "; they must be equal, but for the array's last axis"));
    }
    return sum_rows(x, checked_rows("embedding_sum", index, rows), rows);
}

}  // namespace xtape
