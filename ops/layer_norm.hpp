#pragma once

#include <xtape/core/variable.hpp>

namespace xtape {

/// y = (x - mean x) / sqrt(variance x + eps) gain + bias, where mean and variance (divided by n,
/// not by n - 1) are those of each row: of the trailing axes that gain has.
///
///     x      [..., row]
///     gain   row: the last axes of x, at least one; ShapeError otherwise
///     bias   row; ShapeError otherwise
///     eps    0 or more; ValueError otherwise
///     y      the shape of x
///
/// A constant row gives bias.
Variable layer_norm(Variable x, const Variable& gain, const Variable& bias, double eps = 1e-5);

/// The same without gain and bias, over the last `row_rank` axes of x, which are 1 or more;
/// ShapeError otherwise.
Variable layer_norm(Variable x, std::size_t row_rank, double eps = 1e-5);

}  // namespace xtape
