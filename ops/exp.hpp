#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Element by element: x of any shape, y of the same.

/// y = e^x; inf where that is too large, 0 where it is too small.
Variable exp(Variable x);

/// y = log x, to base e; -inf at 0, nan below.
Variable log(const Variable& x);

/// y = log(1 + x), exact also where 1 + x is rounded to 1; -inf at -1, nan below.
Variable log1p(const Variable& x);

}  // namespace xtape
