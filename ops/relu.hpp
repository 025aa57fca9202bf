#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Functions made of straight pieces, element by element: x of any shape, y of the same. A nan stays
// nan. At a kink, one slope is chosen, as said.

/// y = max(x, 0). At 0 the slope is 0.
Variable relu(Variable x);

/// y = x where x > 0, slope x elsewhere. At 0 the slope is `slope`.
Variable leaky_relu(const Variable& x, Real slope = Real(0.01));

/// y = |x|. At 0 the slope is 0.
Variable abs(const Variable& x);

/// y = x held between `low` and `high`. At both the slope is 1.
///
/// Throws ValueError unless low <= high.
Variable clamp(const Variable& x, Real low, Real high);

}  // namespace xtape
