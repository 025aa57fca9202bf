#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <type_traits>
#include <vector>

#include <xtape/core/check_report.hpp>
#include <xtape/core/variable.hpp>

namespace xtape {

/// What is to be checked: any number of inputs, one output of any shape.
using Function = std::function<Variable(const std::vector<Variable>&)>;

/// How to difference. Linear, or at most quadratic, in each input element: one central difference, which
/// has no truncation error (of Mode::directional, the same along any line). Smooth: seven points.
enum class Stencil { linear, smooth };

/// What to compare. Full: every dy_o/dx_i, for which every input element is moved and the tape is
/// read once for every output element. Directional: for every input one random direction d, and
/// <g, J d> by differences against <J' g, d> by the tape, g random. That is fast, of whatever size
/// y and x are, but cannot say which element is wrong, and an error in one element of n is seen
/// against the sum of all: about sqrt(n) times larger errors pass.
enum class Mode { full, directional };

/// The number in the environment variable XTAPE_SEED, or 1. ValueError if it is no number.
std::uint64_t default_seed();

struct CheckOptions {
    Stencil stencil = Stencil::smooth;
    Mode mode = Mode::full;
    double step = 0;      // 0: max(1, |x|) for linear, 2^-7 max(1, |x|) for smooth
    double absolute = 0;  // allowed |analytic - numeric|, plus `relative` |numeric|; both 0:
    double relative = 0;  // 1e-10 and 1e-9, linear 1e-12 and 1e-12, single precision 1e-2
    std::uint64_t seed = default_seed();  // of every random choice
};

/// Compares the tape's gradients of f at `inputs` with finite differences, entry by entry.
///
///     f         called many times; what it throws is passed on
///     inputs    of any shape. Variables are moved in place, so that f may also reach them by other ways,
///               as a layer does its weights: gradient_check(f, layer.parameters()). They hold the same
///               bits afterwards, also if f throws
///     returns   true if every entry agrees; ValueError if an option is negative or not finite
///
/// Where an entry disagrees it is differenced again with steps from 8 down to 2^-39 times the first (if
/// linear, from 512 down to 1/8). A step is believed if its neighbours agree with it, and by how much
/// they do not is allowed. So functions that are stiff, noisy, near a kink or near the border of their
/// domain need no options. At a kink, where the slopes to both sides differ, the rule may return either
/// or anything between; second derivatives do not exist there. Infinite outputs have no slope, infinite
/// inputs cannot be moved, and neither is compared.
///
/// The check also fails
///   * if a cotangent of zeros gives anything but zeros: a rule that ignores g passes many a check;
///   * if f, or reading the tape, gives other bits the second time;
///   * if f or a rule changes the inputs, or a rule changes its cotangent or an earlier result;
///   * if a rule depends on whether anybody else holds the cotangent (rules may reuse the buffer of one
///     that nobody holds), or returns numbers that its next call changes;
///   * if a rule is not linear in g;
///   * if all outputs together give another gradient than the sum of what each gives alone (rules
///     that assign where they have to add);
///   * if adding into a gradient, for an Input that can, differs from adding what its pullback returns;
///   * if a rule throws or returns the wrong shape, or if a gradient is NaN.
///
/// Every output element is weighted with a random number and differenced before anything is summed:
/// the sum of a softmax is always 1, and a large sum drowns small differences.
///
/// Of a failed check the report names the operator to blame: each one on the way from the inputs to
/// the output is checked apart from all others.
///
/// Use it with xtape::f64: differences in single precision are coarse.
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

// Labels and masks have no gradient; f captures them.
template <class Numbers,
          class = std::enable_if_t<std::is_same_v<Numbers, Index> || std::is_same_v<Numbers, Mask>>>
CheckReport gradient_check(const Function& f, std::initializer_list<Numbers> inputs,
                           const CheckOptions& options = {}) = delete;
template <class Numbers,
          class = std::enable_if_t<std::is_same_v<Numbers, Index> || std::is_same_v<Numbers, Mask>>>
CheckReport second_gradient_check(const Function& f, std::initializer_list<Numbers> inputs,
                                  const CheckOptions& options = {}) = delete;

}  // namespace xtape
