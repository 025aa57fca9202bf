#pragma once

#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include "derivatives.hpp"

namespace oracle {

/// The criterion that a case describes by criterion, smoothing, ignore_index and reduce. "seed" is
/// Convention::uniform and "vm1" Convention::wrong_classes.
xtape::LabelSmoothedCrossEntropy criterion_of(const Json& one);

/// The shape of a loss that is not reduced.
xtape::Shape token_shape(const xtape::Shape& scores);

/// Compares f at x, and demands that the gradient of every row of PAD is exactly zero.
void compare_with_padding(const std::string& route, const xtape::Function& f,
                          const xtape::Variable& x, const Expected& expected,
                          const std::vector<bool>& pad, const Tolerance& tolerance,
                          Verdict& verdict);

/// For each target, whether it is ignored.
std::vector<bool> padding(const xtape::Index& target,
                          const std::optional<std::int64_t>& ignore_index);

}  // namespace oracle
