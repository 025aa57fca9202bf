#pragma once

#include <xtape/core/array.hpp>

namespace xtape {

/// Sums x over `axes` (from the front, rising), which stay with extent 1. The order of additions
/// depends on the shape alone, and rounding errors grow with the logarithm of their number.
Array sum_over(const Array& x, const std::vector<std::size_t>& axes);

/// The sum of the products of neighbouring rows of two arrays: y_j = sum_i a_ij b_ij, in the shape of a row.
Array sum_of_row_products(const Array& a, const Array& b, const Shape& row);

}  // namespace xtape
