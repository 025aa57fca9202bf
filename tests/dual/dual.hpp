#pragma once

#include "tests/dual/number.hpp"

namespace xtape::dual {

/// A number with its derivatives along two directions: v + a s + b t + ab s t, calculated with as
/// if s^2 = t^2 = 0 (Fike and Alonso, "The development of hyper-dual numbers", 2011). Run through
/// any function, a and b are the slopes along the two directions, and ab is the second derivative
/// along both: exact, whereas differences are not.
struct Dual {
    Number v, a, b, ab;

    Dual() = default;
    Dual(double value) : v(exact(value)) {}
    Dual(Number value, Number along_a, Number along_b, Number along_both)
        : v(value), a(along_a), b(along_b), ab(along_both) {}
};

Dual operator-(const Dual& x);
Dual operator+(const Dual& x, const Dual& y);
Dual operator-(const Dual& x, const Dual& y);
Dual operator*(const Dual& x, const Dual& y);
Dual operator/(const Dual& x, const Dual& y);

Dual exp(const Dual& x);
Dual log(const Dual& x);
Dual log1p(const Dual& x);
Dual sin(const Dual& x);
Dual cos(const Dual& x);
Dual tanh(const Dual& x);
Dual sigmoid(const Dual& x);
Dual softplus(const Dual& x);
Dual erf(const Dual& x);
Dual sqrt(const Dual& x);
Dual reciprocal(const Dual& x);
Dual pow(const Dual& x, double p);

}  // namespace xtape::dual
