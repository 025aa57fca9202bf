#pragma once

#include <xtape/core/random.hpp>
#include <xtape/core/variable.hpp>

namespace xtape {

/// Sets each element to 0 with probability p and scales the others by 1/(1 - p), so that the
/// expected value stays: y = x / (1 - p) where kept, 0 elsewhere. For p = 0, x itself.
///
///     x       any shape
///     p       in [0, 1); ValueError otherwise
///     random  decides; it advances unless p = 0
///     y       the shape of x
///
/// N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
/// 2014.
Variable dropout(Variable x, double p, Random& random);

}  // namespace xtape
