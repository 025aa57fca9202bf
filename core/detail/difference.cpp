#include <xtape/core/detail/difference.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace xtape {

namespace {

constexpr bool is_double = sizeof(Real) == sizeof(double);

/// Equal infinities differ by 0: an output of constant -inf has no slope.
double rise(double above, double below) {
    return above == below ? 0 : above - below;
}

using Estimates = std::vector<double>;  // by output element

/// y'(0) ~ sum_k coefficient_k (y(k h) - y(-k h)) / h, written for the steps that were really taken.
Estimates central(const Line& line, double h, const std::vector<double>& coefficients) {
    Estimates slope;
    for (std::size_t k = 1; k <= coefficients.size(); ++k) {
        const Sample above = line(static_cast<double>(k) * h);
        const Sample below = line(-static_cast<double>(k) * h);
        const double factor =
            coefficients[k - 1] * 2 * static_cast<double>(k) / (above.t - below.t);
        slope.resize(above.y.size(), 0);
        for (std::size_t o = 0; o < slope.size(); ++o) {
            slope[o] += factor * rise(double{above.y.data()[o]}, double{below.y.data()[o]});
        }
    }
    return slope;
}

/// The slope to one side, from y(0), y(h), ..., y(4 h); to the left with a negative h.
Estimates one_sided(const Line& line, double h) {
    constexpr double coefficients[] = {4, -3, 4.0 / 3, -1.0 / 4};  // sum_k c_k (y(k h) - y(0)) / h
    const Sample here = line(0);
    Estimates slope(here.y.size(), 0);
    for (int k = 1; k <= 4; ++k) {
        const Sample there = line(k * h);
        const double factor = coefficients[k - 1] * k / there.t;
        for (std::size_t o = 0; o < slope.size(); ++o) {
            slope[o] += factor * rise(double{there.y.data()[o]}, double{here.y.data()[o]});
        }
    }
    return slope;
}

struct Settled {
    double value = std::numeric_limits<double>::quiet_NaN();
    double doubt = std::numeric_limits<double>::infinity();
};

/// From estimates by falling steps: the one whose two neighbours agree best with it. Larger steps err by
/// truncation, smaller ones by rounding, and both let neighbours disagree.
std::vector<Settled> settled(const std::vector<Estimates>& by_step) {
    std::vector<Settled> best(by_step.front().size());
    for (std::size_t s = 1; s + 1 < by_step.size(); ++s) {
        for (std::size_t o = 0; o < best.size(); ++o) {
            const double doubt = std::max(std::abs(by_step[s][o] - by_step[s - 1][o]),
                                          std::abs(by_step[s][o] - by_step[s + 1][o]));
            const bool is_number = !std::isnan(by_step[s - 1][o]) && !std::isnan(by_step[s + 1][o]);
            if (is_number && doubt < best[o].doubt) {
                best[o] = {by_step[s][o], doubt};
            }
        }
    }
    return best;
}

template <class Estimate>
std::vector<Settled> settled_over(const std::vector<double>& steps, Estimate estimate) {
    std::vector<Estimates> by_step;
    for (const double h : steps) {
        by_step.push_back(estimate(h));
    }
    return settled(by_step);
}

/// Rounding errors grow with 1 / h, and a linear function has no others: so its steps grow.
std::vector<double> ladder(double step, Stencil stencil) {
    const double factor = is_double ? 8 : 2;
    const int down = stencil == Stencil::linear ? 1 : is_double ? 7 : 4;
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
    return gap > 1e-5 * scale && left.doubt + right.doubt < 1e-2 * gap;
}

}  // namespace

double first_step(double magnitude, const CheckOptions& options) {
    if (options.step > 0) {
        return options.step;
    }
    return options.stencil == Stencil::linear
               ? 1
               : (is_double ? 0x1p-7 : 0x1p-3) * std::max(1.0, magnitude);
}

std::vector<double> slopes(const Line& line, double step, Stencil stencil) {
    return central(line, step, coefficients_of(stencil));
}

std::vector<Slope> examined_slopes(const Line& line, double step, Stencil stencil) {
    const std::vector<double> steps = ladder(step, stencil);
    std::vector<Slope> result;
    for (const Settled& s :
         settled_over(steps, [&](double h) { return slopes(line, h, stencil); })) {
        result.push_back({s.value, s.value, s.doubt});
    }
    if (stencil == Stencil::linear) {
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
