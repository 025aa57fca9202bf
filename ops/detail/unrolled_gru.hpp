#pragma once

#include <cstddef>
#include <vector>

#include <xtape/ops/gru_states.hpp>

namespace xtape {

// The arithmetic of gru_states, step by step on the rows of gru_rows.hpp; the derivation stands in
// gru_states.cpp.

/// The tokens that are read at once: `rows` of them from `first` on.
struct GruStep {
    std::size_t first, rows;
};

/// What is read, and how: a cell, and its steps one after the other.
struct UnrolledGru {
    Variable a, initial, weight, bias;
    Direction direction;
    std::vector<GruStep> steps;

    std::size_t width() const { return initial.shape()[1]; }
    std::size_t tokens() const { return a.shape()[0]; }
    std::size_t sequences() const { return initial.shape()[0]; }
};

/// What the way back needs: the result, and for each token the last part of its product b with the weight
/// and the gates r, z and n.
struct GruTrace {
    Variable y, b_n, gates;
};

/// In the order in which they are read.
std::vector<GruStep> gru_steps(const std::vector<std::size_t>& rows, Direction direction);

/// The way forward.
GruTrace read_gru(const UnrolledGru& s);

/// dL/da, dL/dinitial and, for the products with the weight, dL/db and the states.
struct GruGradients {
    Variable a, initial, b, before;
};

/// The way back through time, for g = dL/dy.
GruGradients pull_back_gru(const UnrolledGru& s, const GruTrace& trace, const Array& g);

}  // namespace xtape
