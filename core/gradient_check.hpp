#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include <xtape/core/variable.hpp>

namespace xtape {

/// What is to be checked: any number of inputs, one output of any shape.
using Function = std::function<Variable(const std::vector<Variable>&)>;

/// How to difference. Linear in each single input: one central difference with step 1, which has
/// no truncation error. Smooth: seven points.
enum class Stencil { linear, smooth };

struct CheckOptions {
    Stencil stencil = Stencil::smooth;
    double step = 0;         // 0: 1 for linear, 2^-7 max(1, |x|) for smooth
    double absolute = 0;     // allowed |analytic - numeric|, plus `relative` |numeric|;
    double relative = 0;     // both 0: 1e-10 and 1e-9 (single precision: 1e-2 and 1e-2)
    std::uint64_t seed = 1;  // of the random weights of the output
};

/// One entry of a gradient where rule and differences part.
struct Mismatch {
    std::size_t input;  // which of the inputs
    Shape place;        // which of its elements
    double analytic;    // what the tape says
    double numeric;     // what differences say
    double allowed;     // |analytic - numeric| that would have passed
};

/// What a check found. Converts to true if all is well; prints why not.
struct CheckReport {
    explicit operator bool() const { return problem.empty() && mismatches.empty(); }

    std::string problem;               // what kept the entries from being compared
    std::size_t entries = 0;           // compared
    std::vector<Mismatch> mismatches;  // in order of inputs and places
    std::string path;                  // the operators from the output back, as the tape has them
    std::uint64_t seed = 0;            // repeats this check
};

/// As a person wants to read it: the worst entry and the first, both values, their ratio and
/// whether it is constant (a forgotten factor), the path on the tape and the seed.
std::ostream& operator<<(std::ostream& out, const CheckReport& report);
std::string to_string(const CheckReport& report);

/// Compares the tape's gradients of f at `inputs` with finite differences, entry by entry.
///
/// The output of f is weighted with random numbers, never plainly summed: the sum of a softmax is
/// always 1, so its gradient is zero whatever the rule says. Every output element is differenced
/// before weighting, so that a large sum does not drown small differences. The check also fails
/// if f is not deterministic, if a zero cotangent gives a gradient other than exactly zero, or if
/// a gradient is NaN.
///
/// What f throws is passed on. Use it with xtape::f64: differences in single precision are coarse.
CheckReport gradient_check(const Function& f, const std::vector<Array>& inputs,
                           const CheckOptions& options = {});
CheckReport gradient_check(const Function& f, const std::vector<Variable>& inputs,
                           const CheckOptions& options = {});

/// The same for the gradients themselves, with respect to the inputs and to the cotangent: checks
/// that every pullback that f uses is differentiable, and right.
CheckReport second_gradient_check(const Function& f, const std::vector<Array>& inputs,
                                  const CheckOptions& options = {});
CheckReport second_gradient_check(const Function& f, const std::vector<Variable>& inputs,
                                  const CheckOptions& options = {});

}  // namespace xtape
