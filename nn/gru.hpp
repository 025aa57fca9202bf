#pragma once

#include <optional>

#include <xtape/nn/linear.hpp>
#include <xtape/ops/gru_states.hpp>

namespace xtape {

/// A gated recurrent unit: one step from a state to the next,
///
///     r = sigmoid(x W_r + b_r + h U_r + c_r)        what the new state sees of the old one
///     z = sigmoid(x W_z + b_z + h U_z + c_z)        how much of the old state stays
///     n = tanh(x W_n + b_n + r (h U_n + c_n))       the new state
///     y = (1 - z) n + z h
///
///     x      [..., inputs]     ShapeError otherwise
///     h, y   [..., width]      of the same leading axes; ShapeError otherwise
///     input  [inputs, 3 width] and [3 width], W and b: r, z and n next to each other
///     state  [width, 3 width]  and [3 width], U and c
///
/// The gates and their order are PyTorch's, whose weights are these transposed.
struct GruCell {
    GruCell(std::size_t inputs, std::size_t width, Random& random);

    Variable operator()(const Variable& x, const Variable& h) const;
    Parameters parameters() const;

    std::size_t width() const { return state.weight.shape()[0]; }

    Linear input;
    Linear state;
};

/// The states that a Gru went through.
struct GruStates {
    Variable all;   // [B, T, width], where [b, t] is the state after position t was read
    Variable last;  // [B, width], the state after the whole row was read
};

/// Reads a batch of sequences, from the first position to the last or, backward, from the last to
/// the first.
///
///     x        [B, T, inputs]; ShapeError otherwise
///     padding  [B, T], true at PAD; ShapeError otherwise. Mask() for none
///     initial  [B, width], the state to begin with; ShapeError otherwise. Without it, zeros
///
/// PAD leaves the state as it is, and costs nothing: what stands there, be it nan, changes no bit of any
/// state and gets no gradient.
struct Gru {
    Gru(std::size_t inputs, std::size_t width, Random& random,
        Direction reading = Direction::forward);

    GruStates operator()(const Variable& x, const Mask& padding = Mask(),
                         const std::optional<Variable>& initial = {}) const;
    Parameters parameters() const;

    GruCell cell;
    Direction direction;
};

}  // namespace xtape
