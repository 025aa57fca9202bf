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

/// What differences say of dy_o/dt at t = 0. At a kink, from low to high; elsewhere both are the same.
struct Slope {
    double low, high;
    double doubt;  // by how much neighbouring steps disagree; 0 if nobody asked
    double size;   // the largest |y_o| that was seen
};

/// For every output element, by one step. Where y stays the same, also at infinity, the slope is 0.
std::vector<Slope> slopes(const Line& line, double step, Stencil stencil);

/// The same, examined with many steps.
std::vector<Slope> examined_slopes(const Line& line, double step, Stencil stencil);

}  // namespace xtape
