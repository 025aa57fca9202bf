#pragma once

#include <xtape/core/detail/difference.hpp>

namespace xtape {

/// Where a slope that the tape claims is put against what differences say.
struct Verdict {
    bool is_right;
    bool is_at_kink;
    double numeric;  // of what differences allow, the nearest
    double allowed;  // |analytic - numeric|
};

/// `size` is that of the numbers of which the slope is the sum, if it is one.
Verdict judge(double analytic, const Slope& slope, const CheckOptions& options, double size = 0);

/// sum_o w_o slope_o
Slope weighted(const std::vector<Slope>& slopes, const Array& w);

/// Slopes of a first difference, which nobody doubts yet.
std::vector<Slope> believed(const std::vector<double>& slopes);

}  // namespace xtape
