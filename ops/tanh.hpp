#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// S-shaped functions and their integrals, element by element: x of any shape, y of the same. None
// overflows, and where they are flat their gradient is 0.

/// y = tanh x, between -1 and 1
Variable tanh(Variable x);

/// y = 1 / (1 + e^-x), between 0 and 1
Variable sigmoid(Variable x);

/// y = log(1 + e^x), for large x nearly x
Variable softplus(const Variable& x);

/// y = log sigmoid x = -softplus(-x), for very negative x nearly x
Variable log_sigmoid(const Variable& x);

/// y = 2 / sqrt(pi) times the integral of e^(-u^2) from 0 to x, between -1 and 1
Variable erf(const Variable& x);

}  // namespace xtape
