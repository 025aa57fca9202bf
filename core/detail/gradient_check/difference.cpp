#include <xtape/core/detail/gradient_check/difference.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr bool is_double = sizeof(Real) == sizeof(double);

/// Equal infinities differ by 0: an output of constant -inf has no slope.
double rise(double above, double below) {
    return above == below ? 0 : above - below;
}

constexpr double rounding = 4 * double{std::numeric_limits<Real>::epsilon()};

struct Estimate {
    double slope = 0;
    double noise = 0;  // what rounding alone may change
    double size = 0;   // the largest |y| that was seen
};
using Estimates = std::vector<Estimate>;  // by output element

/// Takes factor (above - below) in.
void take_in(Estimates& estimates, double factor, const Array& above, const Array& below) {
    estimates.resize(above.size());
    for (std::size_t o = 0; o < estimates.size(); ++o) {
        const double p = double{above.data()[o]};
        const double q = double{below.data()[o]};
        const double size = std::max(std::abs(p), std::abs(q));
        estimates[o].slope += factor * rise(p, q);
        if (std::isfinite(size)) {
            estimates[o].noise += std::abs(factor) * size * rounding;
            estimates[o].size = std::max(estimates[o].size, size);
        }
    }
}

/// y'(0) ~ sum_k coefficient_k (y(k h) - y(-k h)) / h, written for the steps that were really taken.
Estimates central(const Line& line, double h, const std::vector<double>& coefficients) {
    Estimates estimates;
    for (std::size_t k = 1; k <= coefficients.size(); ++k) {
        const Sample above = line(static_cast<double>(k) * h);
        const Sample below = line(-static_cast<double>(k) * h);
        const double factor =
            coefficients[k - 1] * 2 * static_cast<double>(k) / (above.t - below.t);
        take_in(estimates, factor, above.y, below.y);
    }
    return estimates;
}

/// The same. Where it is 0, y may have moved in between, and by how much is taken for noise: a narrow
/// peak is as low to its left as to its right.
Estimates central_around(const Line& line, const Array& here, double h,
                         const std::vector<double>& coefficients) {
    Estimates estimates = central(line, h, coefficients);
    const Sample above = line(h);
    for (std::size_t o = 0; o < estimates.size(); ++o) {
        if (estimates[o].slope == 0) {
            estimates[o].noise +=
                std::abs(rise(double{above.y.data()[o]}, double{here.data()[o]}) / above.t);
        }
    }
    return estimates;
}

/// The slope to one side, from y(0), y(h), ..., y(4 h); to the left with a negative h.
Estimates one_sided(const Line& line, double h) {
    constexpr double coefficients[] = {4, -3, 4.0 / 3, -1.0 / 4};  // sum_k c_k (y(k h) - y(0)) / h
    const Sample here = line(0);
    Estimates estimates;
    for (int k = 1; k <= 4; ++k) {
        const Sample there = line(k * h);
        take_in(estimates, coefficients[k - 1] * k / there.t, there.y, here.y);
    }
    return estimates;
}

struct Settled {
    double value = std::numeric_limits<double>::quiet_NaN();
    double doubt = std::numeric_limits<double>::infinity();
    double size = 0;
};

/// Whether y may stand still over this step h only because its last digits were lost on the way: it
/// does not over larger ones, and what they let expect is less than 1e-8 of y.
bool is_lost_in_rounding(const Estimate& here, double h, double slope_over_larger) {
    return here.slope == 0 && slope_over_larger * h < 1e-8 * here.size;
}

/// From the estimates of one output by falling steps: the one whose two neighbours agree best with
/// it. Larger steps err by truncation, smaller ones by rounding, and both let neighbours disagree.
Settled settled(const std::vector<double>& steps, const std::vector<Estimates>& by_step,
                std::size_t o) {
    Settled best;
    double steepest = 0;
    for (std::size_t s = 1; s + 1 < steps.size(); ++s) {
        const Estimate& here = by_step[s][o];
        const double larger = std::abs(here.slope - by_step[s - 1][o].slope);
        const double smaller = std::abs(here.slope - by_step[s + 1][o].slope);
        steepest = std::max(steepest, std::abs(by_step[s - 1][o].slope));
        const bool is_lost = steepest > 0 && is_lost_in_rounding(here, steps[s], steepest);
        const double doubt = std::max({larger, smaller, here.noise, is_lost ? steepest : 0});
        if (!std::isnan(larger) && !std::isnan(smaller) && doubt < best.doubt) {
            best = {here.slope, doubt, here.size};
        }
    }
    return best;
}

template <class Estimator>
std::vector<Settled> settled_over(const std::vector<double>& steps, Estimator estimate) {
    std::vector<Estimates> by_step;
    for (const double h : steps) {
        by_step.push_back(estimate(h));
    }
    std::vector<Settled> best;
    for (std::size_t o = 0; o < by_step.front().size(); ++o) {
        best.push_back(settled(steps, by_step, o));
    }
    return best;
}

/// Rounding errors grow with 1 / h, and a linear function has no others: so its steps grow.
std::vector<double> ladder(double step, Stencil stencil) {
    const double factor = is_double ? 8 : 2;
    const int down = stencil == Stencil::linear ? 1 : is_double ? 13 : 4;
    const int up = stencil == Stencil::linear ? 3 : 1;
    std::vector<double> steps;
    for (int k = up; k >= -down; --k) {
        steps.push_back(step * std::pow(factor, k));
    }
    return steps;
}

const std::vector<double>& coefficients_of(Stencil stencil) {
    static const std::vector<double> linear = {1.0 / 2};
    static const std::vector<double> smooth = {3.0 / 4, -3.0 / 20, 1.0 / 60};
    return stencil == Stencil::linear ? linear : smooth;
}

/// Whether the slopes to both sides are known far better than they agree.
bool is_kink(const Settled& left, const Settled& right) {
    const double gap = std::abs(left.value - right.value);
    const double scale = 1 + std::abs(left.value) + std::abs(right.value);
    return gap > 1e-8 * scale && left.doubt + right.doubt < 1e-3 * gap;
}

}  // namespace

double first_step(double magnitude, const CheckOptions& options) {
    if (options.step > 0) {
        if (magnitude + options.step == magnitude) {
            throw ValueError(
                text("gradient_check: step ", options.step, " is too small to move ", magnitude));
        }
        return options.step;
    }
    if (options.stencil == Stencil::linear) {  // a power of two, so that x + h is often exact
        return std::exp2(std::ceil(std::log2(std::max(1.0, magnitude))));
    }
    return (is_double ? 0x1p-7 : 0x1p-3) * std::max(1.0, magnitude);
}

std::vector<Slope> slopes(const Line& line, double step, Stencil stencil) {
    std::vector<Slope> result;
    for (const Estimate& e : central(line, step, coefficients_of(stencil))) {
        result.push_back({e.slope, e.slope, 0, e.size});
    }
    return result;
}

std::vector<Slope> examined_slopes(const Line& line, double step, Stencil stencil) {
    const std::vector<double> steps = ladder(step, stencil);
    const Array here = line(0).y;
    const auto by_central = [&](double h) {
        return central_around(line, here, h, coefficients_of(stencil));
    };
    std::vector<Slope> result;
    for (const Settled& s : settled_over(steps, by_central)) {
        result.push_back({s.value, s.value, s.doubt, s.size});
    }
    if (stencil == Stencil::linear) {
        // All steps must agree, the first one, too: far away much that is not linear looks flat.
        const Estimates first = central(line, step, coefficients_of(stencil));
        for (std::size_t o = 0; o < result.size(); ++o) {
            const double off = std::abs(first[o].slope - result[o].low);
            result[o].doubt = std::max(result[o].doubt, off);
        }
        return result;
    }
    const auto left = settled_over(steps, [&](double h) { return one_sided(line, -h); });
    const auto right = settled_over(steps, [&](double h) { return one_sided(line, h); });
    for (std::size_t o = 0; o < result.size(); ++o) {
        if (is_kink(left[o], right[o])) {
            result[o].low = std::min(left[o].value, right[o].value);
            result[o].high = std::max(left[o].value, right[o].value);
            result[o].doubt = left[o].doubt + right[o].doubt;
        }
    }
    return result;
}

}  // namespace xtape
