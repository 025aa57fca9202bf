#pragma once

#include <xtape/core/detail/gradient_check/difference.hpp>

namespace xtape {

/// Where a slope that the tape claims is put against what differences say.
struct Verdict {
    bool is_right;
    bool is_at_kink;
    double numeric;  // of what differences allow, the nearest
    double allowed;  // |analytic - numeric|
};

/// `terms` is how large the numbers are of which the slope is the sum, if it is one.
Verdict judge(double analytic, const Slope& slope, const CheckOptions& options, double terms = 0);

/// sum_o w_o slope_o
Slope weighted(const std::vector<Slope>& slopes, const Array& w);

}  // namespace xtape
