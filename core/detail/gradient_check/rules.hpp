#pragma once

#include <string>

#include <xtape/core/detail/gradient_check/subject.hpp>

namespace xtape {

/// Calls every rule on the tape of f by itself, and says what can be told without differences: a rule
/// may not change g, nor what operations computed, nor what it returned before; it must not matter
/// to it whether anybody else holds g; and if it can add, it must add what it returns. Empty if all is
/// well.
std::string problem_of_rules(Subject& subject, std::uint64_t seed);

/// Whether a and b are equal up to what the order of operations or a fused product may change.
bool equal_but_for_rounding(const Array& a, const Array& b);

}  // namespace xtape
