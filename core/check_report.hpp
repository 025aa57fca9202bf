#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <xtape/core/array.hpp>

namespace xtape {

/// One entry of a Jacobian where rule and differences part.
struct Mismatch {
    std::size_t input;            // which of the inputs
    std::optional<Shape> place;   // which of its elements; none: along a random direction
    std::optional<Shape> output;  // of which element of the output; none: of their weighted sum
    double analytic;              // what the tape says
    double numeric;               // what differences say
    double allowed;               // |analytic - numeric| that would have passed
    double doubt = 0;             // how far differences of other steps part from `numeric`
};

/// So many operations are checked alone when a check fails; each costs a few dozen runs of f.
inline constexpr std::size_t most_steps_examined = 200;

/// One operation between the inputs and the output, as the tape has it.
struct PathStep {
    std::size_t number;               // counted from 1, in the order of execution
    std::string call;                 // "Scale(c=0.9)"
    Shape shape;                      // of its output
    std::vector<std::string> inputs;  // "#2" is another step's output, "input 0" one of f's
    std::string fault;                // what its own check, apart from all others, finds wrong
};

/// What a check found. Converts to true if all is well; prints why not.
struct CheckReport {
    explicit operator bool() const { return problem.empty() && differing == 0; }

    std::string problem;               // what is wrong apart from single entries
    std::size_t entries = 0;           // compared
    std::size_t differing = 0;         // of them
    std::size_t kinks = 0;             // of them, passed because they lie between two slopes
    std::vector<Mismatch> mismatches;  // the first 10,000, in order of inputs and places
    std::string hint;                  // what they have in common
    std::vector<PathStep> path;        // of a check that failed, from the output back
    std::string method;                // how it was compared
    std::string limits;                // what that cannot see; empty if nothing
    std::uint64_t seed = 0;            // repeats this check
};

/// As a person wants to read it: the worst entry and the first, both values, their ratio and
/// whether it is constant (a forgotten factor), the way back through the tape with the operator
/// whose rule is to blame, and the seed.
std::ostream& operator<<(std::ostream& out, const CheckReport& report);
std::string to_string(const CheckReport& report);

}  // namespace xtape
