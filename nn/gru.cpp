#include <xtape/nn/gru.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/gru_gates.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/where.hpp>

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

/// Which rows have PAD at position t, [B, 1]; Mask() if there is no padding.
Mask padded_rows(const Mask& padding, std::size_t t) {
    if (padding.shape().empty()) {
        return Mask();
    }
    const std::size_t rows = padding.shape()[0];
    const std::size_t length = padding.shape()[1];
    Mask column = Mask::from_shape({rows, std::size_t{1}});
    for (std::size_t b = 0; b < rows; ++b) {
        column.data()[b] = padding.data()[b * length + t];
    }
    return column;
}

}  // namespace

GruCell::GruCell(std::size_t inputs, std::size_t width, Random& random)
    : input(inputs, 3 * width, random), state(width, 3 * width, random) {}

Variable GruCell::operator()(const Variable& x, const Variable& h) const {
    require_rows(*this, x.shape(), h.shape());
    return step(input(x), h);
}

Variable GruCell::step(const Variable& a, const Variable& h) const {
    return gru_gates(a, state(h), h);
}

Parameters GruCell::parameters() const {
    return Parameters().add("input", input.parameters()).add("state", state.parameters());
}

Gru::Gru(std::size_t inputs, std::size_t width, Random& random, Direction reading)
    : cell(inputs, width, random), direction(reading) {}

// All that does not depend on the state is done for all positions at once. The states become one
// array as columns next to each other, which [B, T, width] is in memory.
GruStates Gru::operator()(const Variable& x, const Mask& padding,
                          const std::optional<Variable>& initial) const {
    require_sequence(cell, x.shape(), padding);
    const Variable a = cell.input(marks_any(padding) ? without_padding(x, padding) : x);
    const std::size_t length = x.shape()[1];
    Variable h = first_state(initial, {x.shape()[0], cell.width()});
    std::vector<Variable> states(length, h);
    for (std::size_t i = 0; i < length; ++i) {
        const std::size_t t = direction == Direction::forward ? i : length - 1 - i;
        Variable next = cell.step(select(a, 1, static_cast<std::ptrdiff_t>(t)), h);
        if (Mask padded = padded_rows(padding, t); marks_any(padded)) {
            next = where(std::move(padded), h, std::move(next));
        }
        states[t] = h = std::move(next);
    }
    const Shape shape = {x.shape()[0], length, cell.width()};
    return {length > 0 ? reshape(concat(states, 1), shape) : Variable(Array(shape)), h};
}

Parameters Gru::parameters() const {
    return cell.parameters();
}

}  // namespace xtape
