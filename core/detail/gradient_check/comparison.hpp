#pragma once

#include <xtape/core/detail/gradient_check/readings.hpp>

namespace xtape {

/// Compares every entry of the Jacobian that was read from the tape with differences, and notes in
/// the report where they part, and what these places have in common.
void compare_entries(Subject& subject, const Readings& readings, const CheckOptions& options,
                     CheckReport& report);

/// Compares along one random direction for each input.
void compare_directions(Subject& subject, const Readings& readings, const CheckOptions& options,
                        CheckReport& report);

}  // namespace xtape
