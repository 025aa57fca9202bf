#pragma once

#include <optional>
#include <vector>

#include <xtape/losses/row_blocks.hpp>

namespace xtape {

/// A loss over rows, and how its rows are cut into blocks.
struct BlockedLoss {
    RowLoss loss;
    std::optional<Projection> projection;
    Variable x;        // [..., D] hidden states, or [..., V] logits
    Shape tokens;      // [...]
    Index live;        // [n]  the rows that are computed
    Index target;      // [n]  theirs
    std::size_t rows;  // of a block, at least 1
    Workers* workers;  // or nullptr

    std::size_t block_count() const;

    /// The loss on the open tapes, without blocks.
    Variable whole() const;

    /// The losses, [] or [n], and the gradients of sum_i c_i L_i by x and by each parameter. Without c
    /// it is 1 for a loss that is a sum, and there are no gradients yet for the losses of single rows.
    struct Gradients {
        Array losses;
        std::vector<Variable> by_input;
    };
    Gradients gradients(const Array* cotangent = nullptr) const;

    /// The losses alone.
    Array losses() const;
};

}  // namespace xtape
