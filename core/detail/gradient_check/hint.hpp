#pragma once

#include <string>
#include <vector>

#include <xtape/core/detail/gradient_check/readings.hpp>

namespace xtape {

/// By input, by output element, by input element.
using Jacobian = std::vector<std::vector<std::vector<double>>>;

/// What the entries that differ have in common: the likely fault. Empty if nothing. `numeric` may
/// be empty, if nobody has it.
std::string hint_of(const std::vector<Mismatch>& mismatches, const Readings& readings,
                    const Jacobian& numeric, const CheckOptions& options);

}  // namespace xtape
