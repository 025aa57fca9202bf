#pragma once

#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/nn/parameters.hpp>

namespace xtape {

/// A small network of many operators, with a label-smoothed criterion and PAD among its targets. Two
/// of them are the same, bit by bit.
struct Network {
    Network();

    Variable loss() const;
    Parameters parameters() const;

    Variable table;
    Variable weight;
    Variable gain;
    Variable bias;
};

using Arrays = std::vector<Array>;
bool same_bits(const Arrays& a, const Arrays& b);
Arrays values_of(const std::vector<Variable>& variables);

/// dL/dp for the parameters p.
Arrays gradients(const Network& network);

/// The gradients of |dL/dp|^2, by nested tapes.
Arrays second_gradients(const Network& network);

}  // namespace xtape
