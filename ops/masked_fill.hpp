#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y = value where the mask is true, x elsewhere.
///
///     x      any shape
///     mask   broadcasts with x as in +; ShapeError otherwise
///     value  any number, also -inf or nan
///     y      the shape of both together: that of x, unless the mask is larger
///
/// What the mask hides, be it nan or inf, reaches neither y nor the gradient, which is 0 there.
Variable masked_fill(Variable x, Mask mask, Real value);

template <class Numbers, class = IfNoMask<Numbers>>
Variable masked_fill(Variable x, const Numbers& mask, Real value) = delete;

}  // namespace xtape
