#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Element by element: x of any shape, y of the same.

/// y = x^2
Variable square(const Variable& x);

/// y = the square root of x; nan below 0. The gradient at 0 is infinite.
Variable sqrt(Variable x);

/// y = 1 / sqrt x; inf at 0, nan below.
Variable rsqrt(Variable x);

/// y = 1 / x; inf or -inf at 0.
Variable reciprocal(Variable x);

/// y = x^p, by the rules of std::pow: x^0 = 1 for every x, and below 0 only integers p give a
/// number. The gradient of x^0 is 0 everywhere, also at 0. Where p is 2, 1/2 or -1/2, the functions
/// above are many times faster.
Variable pow(const Variable& x, Real p);

}  // namespace xtape
