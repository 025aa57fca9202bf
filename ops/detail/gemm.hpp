#pragma once

#include <cstddef>

#include <xtape/core/array.hpp>
#include <xtape/ops/matmul.hpp>

namespace xtape {

/// A matrix in memory, whose rows begin `stride` numbers apart.
template <class Number>
struct Matrix {
    Number* first;
    std::size_t stride;
};

/// The product of one matrix with another, [n, k] times [k, m].
struct Gemm {
    std::size_t n, m, k;
    Operand of_a, of_b;

    /// y = op(a) op(b) + beta y; y is not read if beta = 0. Throws ShapeError if an extent is more
    /// than BLAS can take.
    void operator()(Matrix<const Real> a, Matrix<const Real> b, Real beta, Matrix<Real> y) const;
};

/// y = sum of op(a) op(b) over all places of the broadcast batch axes of a, b and y that lead to
/// the same matrix of y.
///
///     a, b   at least two axes; their matrices fit together
///     shape  of y, at least two axes; the last two fit the product, all batch axes broadcast
///
/// Throws ShapeError if an extent is more than BLAS can take.
Array sum_of_products(const Array& a, Operand of_a, const Array& b, Operand of_b,
                      const Shape& shape);

/// The same, added to y.
void add_products(Array& y, const Array& a, Operand of_a, const Array& b, Operand of_b);

/// An extent as BLAS takes it. Throws ShapeError if it does not fit.
int blas_extent(std::size_t extent);

}  // namespace xtape
