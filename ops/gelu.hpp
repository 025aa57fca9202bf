#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// x times the chance to pass a gate that opens as x grows, element by element: x of any shape, y of
// the same.

/// y = x P(X <= x) for a standard normal X: the Gaussian error linear unit of Hendrycks and Gimpel
/// (2016), exactly.
Variable gelu(const Variable& x);

/// y = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), within 5e-4 of gelu and several times
/// faster. Its gradient is its own, not that of gelu.
Variable gelu_tanh(const Variable& x);

/// y = x sigmoid x, also called swish
Variable silu(const Variable& x);

}  // namespace xtape
