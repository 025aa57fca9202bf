#pragma once

#include <optional>

#include <xtape/core/variable.hpp>

namespace xtape {

/// Every step-th element along one axis, from `start` up to but without `stop`: for a vector,
/// y[j] = x[start + j step]. As in Python, negative bounds count from the end, bounds beyond an end
/// are moved to it, and without `stop` the slice goes to the end.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     step   at least 1; ValueError otherwise
///     y      the shape of x, but for `axis`; empty if no element is between start and stop
Variable slice(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t start,
               std::optional<std::ptrdiff_t> stop = {}, std::ptrdiff_t step = 1);

/// Puts zeros around x along one axis: for a vector of n, y[before + i] = x[i], and y has
/// before + n + after elements.
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     before, after   not negative; ValueError otherwise
///     y      the shape of x, but for `axis`
Variable pad(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t before, std::ptrdiff_t after);

/// One element along one axis: for axis = 0 of a matrix, y[j] = x[index, j].
///
///     x      any shape but []
///     axis   in [-rank, rank); AxisError otherwise
///     index  in [-n, n), where n is the extent of the axis; IndexError otherwise
///     y      the shape of x without `axis`
Variable select(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t index);

}  // namespace xtape
