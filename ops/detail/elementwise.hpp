#pragma once

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/variable.hpp>

namespace xtape {

/// f(x), element by element.
template <class F>
Array elementwise(const Variable& x, F f) {
    Array y = Array::from_shape(x.shape());
    map(y, f, x.value());
    return y;
}

/// The same in the buffer of x, where nobody else can see it: for operators whose pullback does not
/// look at x.
template <class F>
Array elementwise(Variable&& x, F f) {
    if (!x.is_unique()) {
        return elementwise(static_cast<const Variable&>(x), f);
    }
    Array y = reuse_or_copy(x);
    map(y, f, y);
    return y;
}

}  // namespace xtape
