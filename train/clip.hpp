#pragma once

#include <vector>

#include <xtape/nn/parameters.hpp>

namespace xtape {

/// Shortens the gradients, taken as one long vector, to the length max_norm if they are longer:
///
///     norm = sqrt(sum of all g^2),    g <- g min(1, max_norm / (norm + 1e-6))
///
/// as PyTorch does. Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
/// networks" (2013).
///
///     gradients  any number, each of any shape
///     max_norm   > 0; ValueError otherwise
///     names      of the gradients, for messages: the parameters they belong to
///     returns    the norm before
///
/// Throws ValueError if the norm is not finite, naming the first gradient to blame; the gradients are
/// then as they were.
double clip_by_global_norm(std::vector<Variable>& gradients, double max_norm,
                           const Parameters& names = {});

}  // namespace xtape
