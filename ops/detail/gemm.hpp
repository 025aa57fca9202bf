#pragma once

#include <cstddef>

#include <xtape/core/array.hpp>
#include <xtape/ops/matmul.hpp>

namespace xtape {

/// y = sum of op(a) op(b) over all places of the broadcast batch axes of a, b and y that lead to
/// the same matrix of y.
///
///     a, b   at least two axes; their matrices fit together
///     shape  of y, at least two axes; the last two fit the product, all batch axes broadcast
///
/// Throws ShapeError if an extent is more than BLAS can take.
Array sum_of_products(const Array& a, Operand of_a, const Array& b, Operand of_b,
                      const Shape& shape);

/// An extent as BLAS takes it. Throws ShapeError if it does not fit.
int blas_extent(std::size_t extent);

/// Keeps BLAS from starting threads of its own, for programs that have theirs: two kinds of threads
/// fight for the cores. Without effect unless BLAS is OpenBLAS.
void use_one_blas_thread();

}  // namespace xtape
