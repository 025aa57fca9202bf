#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// An operator of one array, element by element.
using Unary = Variable (*)(const Variable&);

/// dL/dx at x = `at`, where dL/dy = g.
Array gradient_of(Unary f, const Array& at, const Array& g);

/// Checks first and second derivatives by differences, at numbers in [low, high).
void check_derivatives(Unary f, double low = -2, double high = 2);

}  // namespace xtape
