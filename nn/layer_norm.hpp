#pragma once

#include <xtape/nn/parameters.hpp>

namespace xtape {

/// y = gain (x - mean) / sqrt(variance + epsilon) + bias, with mean and variance of each row.
///
///     x           [..., width]; ShapeError otherwise
///     gain, bias  [width], at first 1 and 0
///     y           [..., width]
///
/// Ba, Kiros and Hinton, "Layer normalization" (2016). Throws ValueError unless epsilon > 0.
struct LayerNorm {
    explicit LayerNorm(std::size_t width, double eps = 1e-5);

    Variable operator()(const Variable& x) const;
    Parameters parameters() const;

    Variable gain;
    Variable bias;
    double epsilon;
};

}  // namespace xtape
