#pragma once

#include <cmath>

namespace xtape::dual {

/// Rounding that is nobody's fault, relative to the size of a number: some thousand eps, for
/// another order of summation, another formula, another function library.
inline constexpr double tolerance = 1e-12;

/// A number that knows how far rounding may have moved it. Any good way to compute it errs by a
/// modest multiple of eps times its size; an exact one has size 0.
///
/// A derivative is a sum over paths. Where paths cancel, going forward along them may cancel first
/// what going back cancels last, and what meets them in between is multiplied by `reach`: the sum
/// of their magnitudes, none cancelled.
struct Number {
    double value = 0;
    double reach = 0;
    double size = 0;
};

inline Number exact(double value) {
    return {value, std::abs(value), 0};
}

/// A number that is stored before it is used, in whichever direction derivatives are taken.
inline Number stored(Number x) {
    return {x.value, std::abs(x.value), x.size};
}

inline Number operator-(Number x) {
    return {-x.value, x.reach, x.size};
}
inline Number operator+(Number x, Number y) {
    return {x.value + y.value, x.reach + y.reach, x.size + y.size + x.reach + y.reach};
}
inline Number operator*(Number x, Number y) {
    const double reach = x.reach * y.reach;
    return {x.value * y.value, reach,
            x.reach * y.size + y.reach * x.size + reach + tolerance * x.size * y.size};
}

}  // namespace xtape::dual
