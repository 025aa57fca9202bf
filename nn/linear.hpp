#pragma once

#include <xtape/core/random.hpp>
#include <xtape/nn/parameters.hpp>

namespace xtape {

/// y = x W + b
///
///     x       [..., inputs]; ShapeError otherwise
///     weight  [inputs, outputs]  W, at first uniform in +-sqrt(6 / (inputs + outputs))
///     bias    [outputs]          b, at first 0
///     y       [..., outputs]
///
/// So a random input keeps its variance on the way forward and a random gradient on the way back:
/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
/// (2010).
struct Linear {
    Linear(std::size_t inputs, std::size_t outputs, Random& random);

    Variable operator()(const Variable& x) const;
    Parameters parameters() const;

    Variable weight;
    Variable bias;
};

}  // namespace xtape
