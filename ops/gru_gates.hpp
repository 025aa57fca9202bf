#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// What a gated recurrent unit makes of its two products, element by element: of the three parts of
/// a and b, each as wide as h,
///
///     r = sigmoid(a_r + b_r)       what the new state sees of the old one
///     z = sigmoid(a_z + b_z)       how much of the old state stays
///     n = tanh(a_n + r b_n)        the new state
///     y = (1 - z) n + z h
///
/// Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014), with r outside of
/// the product, as cuDNN and PyTorch have it.
///
///     a    [..., 3 H]  r, z and n, from the input
///     b    the shape of a, from the old state; ShapeError otherwise
///     h    [..., H]    the old state; ShapeError otherwise
///     y    [..., H]    the next state
Variable gru_gates(const Variable& a, const Variable& b, const Variable& h);

}  // namespace xtape
