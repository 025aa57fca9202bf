#pragma once

#include <functional>
#include <vector>

#include <xtape/core/gradient_check.hpp>

namespace xtape {

/// A point on a line through the inputs: how far along, as numbers round, and the output there.
struct Sample {
    double t;
    Array y;
};
using Line = std::function<Sample(double t)>;

/// The step to begin with, for inputs of this magnitude.
double first_step(double magnitude, const CheckOptions& options);

/// dy_o/dt at t = 0 for every output element, by differences. Where y stays the same, also at
/// infinity, that is 0.
std::vector<double> slopes(const Line& line, double step, Stencil stencil);

/// dy_o/dt at t = 0, examined with many steps. At a kink, from low to high; elsewhere both are the same.
struct Slope {
    double low, high;
    double doubt;  // by how much neighbouring steps disagree
};
std::vector<Slope> examined_slopes(const Line& line, double step, Stencil stencil);

}  // namespace xtape
