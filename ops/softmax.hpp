#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y[i, j] = exp x[i, j] / sum_k exp x[i, k], for axis = 1 of a matrix.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///            of extent 1 or more; ShapeError otherwise
///     y      the shape of x; along `axis` it sums to 1
///
/// However large the numbers, nothing overflows. An x of -inf gives 0, which is how attention
/// masks; a row of nothing but -inf, and one that holds inf or nan, is all nan.
Variable softmax(Variable x, std::ptrdiff_t axis);

/// The same for the first numbers of each row, times c, and zeros for the rest: of a row that counts
/// n, y_j = e^(c x_j) / sum_{k < n} e^(c x_k) for j < n, and y_j = 0 from n on. Attention to a part
/// of a sequence is that, with c = 1 / sqrt(width).
///
///     x       [..., S]
///     counts  [...]; ShapeError otherwise. Each in [0, S]; IndexError otherwise
///     c       positive; ValueError otherwise
///     y       [..., S]; a row that counts 0 is zero
///
/// What a row does not count is not read, and its gradient is 0.
Variable prefix_softmax(Variable x, const Index& counts, Real c = 1);
template <class Numbers, class = IfNoIndex<Numbers>>
Variable prefix_softmax(Variable x, const Numbers& counts, Real c = 1) = delete;

}  // namespace xtape
