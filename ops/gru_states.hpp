#pragma once

#include <cstddef>
#include <vector>

#include <xtape/core/variable.hpp>

namespace xtape {

enum class Direction { forward, backward };

/// The states that a gated recurrent unit goes through as it reads a batch of sequences: with gru_gates
/// for its gates, and h the state of a sequence before one of its tokens,
///
///     state after the token = gru_gates(a of the token, h weight + bias, h).
///
/// The tokens stand in the order of their places: the first ones of all sequences, then the second ones,
/// and so on. Longer sequences come first, and so those that are read in one step stand next to
/// each other, in the order of the initial states.
///
///     a          [N, 3 H]  what the tokens say, x W + b: r, z and n next to each other
///     initial    [B, H]    the state of each sequence before it is read
///     weight     [H, 3 H]
///     bias       [3 H]     ShapeError for other shapes
///     rows       how many sequences have a first token, a second one, ...; at most B, never more than
///                in the step before, and N in all; ValueError otherwise
///     direction  whether the first tokens are read first or, backward, last
///     y          [B + N, H]: the initial states, and then the state after each token
Variable gru_states(const Variable& a, const Variable& initial, const Variable& weight,
                    const Variable& bias, const std::vector<std::size_t>& rows,
                    Direction direction = Direction::forward);

}  // namespace xtape
