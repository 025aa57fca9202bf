#include <xtape/train/schedule.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

/// How much of the time after `start` has passed, in [0, 1].
double part_after(const char* who, double start, double progress) {
    if (!(start >= 0 && start < 1)) {
        throw ValueError(text(who, ": the start ", start, " is outside [0, 1)"));
    }
    return std::clamp((progress - start) / (1 - start), 0.0, 1.0);
}

}  // namespace

double inverse_square_root(std::size_t step, double peak_rate, std::size_t warm_up) {
    if (warm_up == 0) {
        throw ValueError("inverse_square_root: the warm-up has 0 steps; it needs at least 1");
    }
    const double ratio = static_cast<double>(step) / static_cast<double>(warm_up);
    return peak_rate * (ratio < 1 ? ratio : 1 / std::sqrt(ratio));
}

double linear_cool_down(double progress, double start) {
    return 1 - part_after("linear_cool_down", start, progress);
}

double cosine_cool_down(double progress, double start) {
    return (1 + std::cos(3.141592653589793 * part_after("cosine_cool_down", start, progress))) / 2;
}

}  // namespace xtape
