#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

// Element by element, with NumPy's broadcasting: shapes are aligned at the last axis and an extent
// of 1 repeats. The gradient of an operand that was repeated is the sum over its copies. All throw
// ShapeError if the shapes do not broadcast. Division is IEEE's: x / 0 is inf or nan.

/// y = a + b
Variable operator+(Variable a, Variable b);

/// y = a - b
Variable operator-(Variable a, Variable b);

/// y = a b
Variable operator*(Variable a, Variable b);

/// y = a / b
Variable operator/(Variable a, Variable b);

/// y = -x
Variable operator-(Variable x);

/// y = c x
Variable scale(Variable x, Real c);

/// y = x + c
Variable shift(Variable x, Real c);

// The same with a plain number on one side.
inline Variable operator*(Real c, Variable x) {
    return scale(std::move(x), c);
}
inline Variable operator*(Variable x, Real c) {
    return scale(std::move(x), c);
}
inline Variable operator/(Variable x, Real c) {
    return scale(std::move(x), 1 / c);
}
inline Variable operator+(Variable x, Real c) {
    return shift(std::move(x), c);
}
inline Variable operator+(Real c, Variable x) {
    return shift(std::move(x), c);
}
inline Variable operator-(Variable x, Real c) {
    return shift(std::move(x), -c);
}
inline Variable operator-(Real c, Variable x) {
    return shift(-std::move(x), c);
}

}  // namespace xtape
