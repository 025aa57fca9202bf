#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

/// A shape that gather may pick from `shape`: any extent along the axis, no longer along others.
Shape picked_from(Choices& choices, Shape shape, std::size_t axis) {
    for (std::size_t k = 0; k < shape.size(); ++k) {
        if (k == axis) {
            shape[k] = shape[k] == 0 ? 0 : choices.below(4);
        } else if (shape[k] > 1 && choices.one_in(3)) {
            shape[k] -= 1;
        }
    }
    return shape;
}

Call draft_gather(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    const std::size_t k = from_front(axis, d.shape(x).size());
    const Index index = d.index(picked_from(d.choices, d.shape(x), k), d.shape(x)[k]);
    return Draft::call(
        {x}, [=](auto in) { return gather(in[0], axis, index); },
        text("gather(#", x, ", ", axis, ", index ", index.shape(), ")"));
}

Call draft_scatter_add(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    const std::size_t k = from_front(axis, d.shape(x).size());
    Shape shape = d.shape(x);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        shape[i] = i == k ? 1 + d.choices.below(3) : shape[i] + d.choices.below(2);
    }
    const Index index = d.index(d.shape(x), shape[k]);
    return Draft::call(
        {x}, [=](auto in) { return scatter_add(in[0], axis, index, shape); },
        text("scatter_add(#", x, ", ", axis, ", index ", index.shape(), ", ", shape, ")"));
}

Call draft_embedding(Draft& d) {
    const std::size_t table = d.operand(of_rank(2, 2));
    const std::size_t rows = d.shape(table)[0];
    Draft::require(rows > 0);
    const Index index = d.index(draw_shape(d.choices, d.choices.below(3)), rows);
    std::optional<std::int64_t> padding;
    if (d.choices.coin()) {
        padding = static_cast<std::int64_t>(d.choices.below(rows));
    }
    return Draft::call(
        {table}, [=](auto in) { return embedding(in[0], index, padding); },
        text("embedding(#", table, ", index ", index.shape(), ", padding ",
             padding ? std::to_string(*padding) : "none", ")"));
}

Call draft_embedding_sum(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::size_t rows = 1 + d.choices.below(4);
    const Index index = d.index(Shape(d.shape(x).begin(), d.shape(x).end() - 1), rows);
    return Draft::call(
        {x}, [=](auto in) { return embedding_sum(in[0], index, rows); },
        text("embedding_sum(#", x, ", index ", index.shape(), ", ", rows, ")"));
}

}  // namespace

std::vector<Row> selection_rows() {
    return {
        {"gather", draft_gather},
        {"scatter_add", draft_scatter_add},
        {"embedding", draft_embedding},
        {"embedding_sum", draft_embedding_sum},
    };
}

}  // namespace xtape::dual
