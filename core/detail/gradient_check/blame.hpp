#pragma once

#include <vector>

#include <xtape/core/detail/gradient_check/subject.hpp>

namespace xtape {

/// The operations on the way from the inputs of f to its output, from the output back, each with what
/// a check of it alone finds wrong.
std::vector<PathStep> path_with_faults(Subject& subject, const CheckOptions& options);

}  // namespace xtape
