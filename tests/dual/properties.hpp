#pragma once

#include "tests/dual/program.hpp"

namespace xtape::dual {

/// What is wrong with how the tape differentiates this program; "" if nothing is. Value, first and
/// second derivatives must be those by definition; and gradients must be linear in the cotangent,
/// the same on every reading, the same in every order of the instructions, and the same whether or
/// not somebody holds on to the results in between.
std::string fault_of(const Program& program, std::uint64_t seed);

/// The fault of the shortest program that has one, and that program; "" if there is none.
std::string report_on(const Program& program, std::uint64_t seed);

}  // namespace xtape::dual
