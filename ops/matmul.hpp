#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// How a matrix enters a product.
enum class Operand { plain, transposed };

/// The product of matrices, y = op(a) op(b), where op transposes the last two axes or leaves them
/// as they are: y_ij = sum_k op(a)_ik op(b)_kj. Nothing is copied to transpose.
///
/// The axes before the last two are batch axes. They broadcast as in NumPy, and each matrix of a
/// meets its partner in b.
///
///     a      [..., n, k], or [..., k, n] if transposed
///     b      [..., k, m], or [..., m, k] if transposed
///     y      [..., n, m]
///
/// A single axis [k] is a row on the left and a column on the right, transposed or not, and y has
/// no axis for it: two of them give a number. A sum over k = 0 is 0.
///
/// Throws ShapeError if an operand is a single number, if the two extents k differ or if the batch
/// axes do not broadcast.
Variable matmul(const Variable& a, const Variable& b, Operand of_a = Operand::plain,
                Operand of_b = Operand::plain);

}  // namespace xtape
