#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Element by element: x of any shape, in radians, y of the same; nan at inf.

/// y = sin x
Variable sin(const Variable& x);

/// y = cos x
Variable cos(const Variable& x);

}  // namespace xtape
