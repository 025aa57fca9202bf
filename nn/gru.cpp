#include <xtape/nn/gru.hpp>

#include <algorithm>
#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/gru_gates.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

void require_rows(const GruCell& cell, const Shape& x, const Shape& h) {
    const std::size_t inputs = cell.input.weight.shape()[0];
    Shape wanted = x;
    if (!x.empty()) {
        wanted.back() = cell.width();
    }
    if (x.empty() || x.back() != inputs || h != wanted) {
        throw ShapeError(text("GruCell: x has shape ", x, " and h ", h, "; expected [..., ", inputs,
                              "] and [..., ", cell.width(), "]"));
    }
}

void require_sequence(const GruCell& cell, const Shape& x, const Mask& padding) {
    const std::size_t inputs = cell.input.weight.shape()[0];
    if (x.size() != 3 || x[2] != inputs) {
        throw ShapeError(text("Gru: x has shape ", x, "; expected [B, T, ", inputs, "]"));
    }
    const bool is_none = padding.shape().empty() && !marks_any(padding);
    if (!is_none && padding.shape() != Shape{x[0], x[1]}) {
        throw ShapeError(text("Gru: a sequence of shape ", x, " and a padding mask of ",
                              padding.shape(), "; expected [B, T, ", inputs, "] and [B, T]"));
    }
}

Variable first_state(const std::optional<Variable>& initial, const Shape& shape) {
    if (initial && initial->shape() != shape) {
        throw ShapeError(text("Gru: the initial state has shape ", initial->shape(),
                              "; for this batch it would be ", shape));
    }
    return initial ? *initial : Variable(Array(shape, 0));
}

/// The tokens of a padded batch in the order in which gru_states reads them: longer sequences first,
/// and of all sequences the first token, then the second one, and so on.
struct ReadingOrder {
    std::vector<std::size_t> rows;       // of each step
    std::vector<std::size_t> sequences;  // in their order
    std::vector<std::size_t> tokens;     // in their order, counted through all positions
};

ReadingOrder reading_order(const Mask& padding, std::size_t count, std::size_t length) {
    const auto is_token = [&](std::size_t i) {
        return padding.shape().empty() || !padding.data()[i];
    };
    std::vector<std::vector<std::size_t>> places(count);
    for (std::size_t i = 0; i < count * length; ++i) {
        if (is_token(i)) {
            places[i / length].push_back(i);
        }
    }
    ReadingOrder order;
    order.sequences.resize(count);
    std::iota(order.sequences.begin(), order.sequences.end(), std::size_t{0});
    const auto longer = [&](std::size_t p, std::size_t q) {
        return places[p].size() > places[q].size();
    };
    std::stable_sort(order.sequences.begin(), order.sequences.end(), longer);
    for (std::size_t k = 0; count > 0 && k < places[order.sequences[0]].size(); ++k) {
        const std::size_t before = order.tokens.size();
        for (const std::size_t b : order.sequences) {
            if (k < places[b].size()) {
                order.tokens.push_back(places[b][k]);
            }
        }
        order.rows.push_back(order.tokens.size() - before);
    }
    return order;
}

/// Which row of gru_states' result is the state after each position, [B, T], and after all of
/// them, [B].
struct Places {
    Index after, last;
};

Places places_of(const ReadingOrder& order, std::size_t length, Direction direction) {
    const std::size_t count = order.sequences.size();
    Places places{Index(Index::shape_type{count, length}, -1), Index::from_shape({count})};
    for (std::size_t i = 0; i < order.tokens.size(); ++i) {
        places.after.data()[order.tokens[i]] = static_cast<std::int64_t>(count + i);
    }
    for (std::size_t row = 0; row < count; ++row) {
        const std::size_t b = order.sequences[row];
        auto latest = static_cast<std::int64_t>(row);  // the initial state
        for (std::size_t i = 0; i < length; ++i) {
            const std::size_t t = direction == Direction::forward ? i : length - 1 - i;
            std::int64_t& place = places.after.data()[b * length + t];
            latest = place = place < 0 ? latest : place;
        }
        places.last.data()[b] = latest;
    }
    return places;
}

/// The rows of x that are named.
Variable rows_of(const Variable& x, const std::vector<std::size_t>& rows) {
    Index index = Index::from_shape({rows.size()});
    std::copy(rows.begin(), rows.end(), index.data());
    const bool is_all = rows.size() == x.shape()[0] && std::is_sorted(rows.begin(), rows.end());
    return is_all ? x : embedding(x, index);
}

}  // namespace

GruCell::GruCell(std::size_t inputs, std::size_t width, Random& random)
    : input(inputs, 3 * width, random), state(width, 3 * width, random) {}

Variable GruCell::operator()(const Variable& x, const Variable& h) const {
    require_rows(*this, x.shape(), h.shape());
    return gru_gates(input(x), state(h), h);
}

Parameters GruCell::parameters() const {
    return Parameters().add("input", input.parameters()).add("state", state.parameters());
}

Gru::Gru(std::size_t inputs, std::size_t width, Random& random, Direction reading)
    : cell(inputs, width, random), direction(reading) {}

// What does not depend on the state is done for all tokens at once, and nothing is done for PAD.
GruStates Gru::operator()(const Variable& x, const Mask& padding,
                          const std::optional<Variable>& initial) const {
    require_sequence(cell, x.shape(), padding);
    const std::size_t count = x.shape()[0], length = x.shape()[1];
    const ReadingOrder order = reading_order(padding, count, length);
    const Variable first = rows_of(first_state(initial, {count, cell.width()}), order.sequences);
    const Variable tokens = rows_of(reshape(x, Shape{count * length, x.shape()[2]}), order.tokens);
    const Variable states = gru_states(cell.input(tokens), first, cell.state.weight,
                                       cell.state.bias, order.rows, direction);
    const Places places = places_of(order, length, direction);
    return {embedding(states, places.after), embedding(states, places.last)};
}

Parameters Gru::parameters() const {
    return cell.parameters();
}

}  // namespace xtape
