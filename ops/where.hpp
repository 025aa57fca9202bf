#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y = a where the mask is true, b elsewhere.
///
///     mask, a, b  broadcast with each other as in +; ShapeError otherwise
///     y           the shape of all together
///
/// The gradient of what was not chosen is 0. Mind that an operand made of inf or nan is not helped
/// by not being chosen: 0 / 0 on its own way back is nan. Use masked_fill before, not where after.
///
/// (All three are taken by value: the compiler also sees xt::where, since a Mask is an xtensor, and
/// would prefer it to references to const, and to a conversion. So the mask must be a Mask.)
Variable where(Mask mask, Variable a, Variable b);

}  // namespace xtape
