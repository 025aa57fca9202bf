#pragma once

#include <cstddef>

namespace xtape {

// Learning rates over time. They are numbers: adam.step(gradients, inverse_square_root(step, ...)).

/// Rises in a line to `peak_rate` at the step `warm_up`, then falls with the root of the step:
///
///     rate = peak_rate min(step / warm_up, sqrt(warm_up / step))
///
/// Vaswani et al., "Attention is all you need" (2017), where peak_rate = (width warm_up)^-1/2.
///
///     step     1 for the first one; 0 gives 0
///     warm_up  >= 1; ValueError otherwise
double inverse_square_root(std::size_t step, double peak_rate, std::size_t warm_up);

// Factors for the end of a training, to multiply a rate with: 1 until the part `start` of it is done,
// then down to 0, in a line or in half a wave,
//
//     1 - z    and    (1 + cos(pi z)) / 2,    where z = (progress - start) / (1 - start).
//
// The second with start = 0 is the cosine schedule of Loshchilov and Hutter, "SGDR" (2017).
//
//     progress  the part of the training that is done, in steps or in time; beyond 1 the factor is 0
//     start     in [0, 1); ValueError otherwise
double linear_cool_down(double progress, double start = 0);
double cosine_cool_down(double progress, double start = 0);

}  // namespace xtape
