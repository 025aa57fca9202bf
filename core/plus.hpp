#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y = a + b, for equal shapes. This one operator lives in core because the chain rule itself adds:
/// where a variable is used twice, the gradients of both uses meet and are summed. The `+` that
/// broadcasts is in ops/arithmetic.hpp.
///
/// Throws ShapeError if the shapes differ.
Variable plus(Variable a, Variable b);

}  // namespace xtape
