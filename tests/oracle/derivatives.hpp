#pragma once

#include <xtape/core/gradient_check.hpp>

#include "verdict.hpp"

namespace oracle {

/// A function of some variables at one point, and what is known about it there.
struct Expected {
    Reference value;                   // f(x)
    xtape::Array cotangent;            // g, of the shape of f(x)
    std::vector<Reference> gradients;  // d <g, f> / dx_i

    // Of second order, only where there are tangents:
    std::vector<xtape::Array> tangents;  // v_i, of the shape of x_i
    Reference jvp;                       // J v = d <gradients, v> / dg
    std::vector<Reference> hvps;         // d <gradients, v> / dx_i
};

/// Compares all of it; `route` is put before what is compared. Returns the gradients.
std::vector<xtape::Variable> compare(const std::string& route, const xtape::Function& f,
                                     const std::vector<xtape::Variable>& x,
                                     const Expected& expected, const Tolerance& tolerance,
                                     Verdict& verdict);

/// The fields out, gout, grads and, if they are there, v, jvp, hvp, for the inputs that vary.
Expected expected_of(const Json& one, const std::vector<bool>& varies);

}  // namespace oracle
