#pragma once

#include <xtape/core/array.hpp>

namespace xtape {

/// Sums x over `axes` (from the front, rising), which stay with extent 1. The order of additions
/// depends on the shape alone, and rounding errors grow with the logarithm of their number.
Array sum_over(const Array& x, const std::vector<std::size_t>& axes);

}  // namespace xtape
