#include <xtape/core/detail/difference.hpp>

#include <algorithm>
#include <cmath>

namespace xtape {

namespace {

/// f'(x) h ~ sum_k coefficient_k (f(x + k h) - f(x - k h)).
struct Scheme {
    std::vector<double> coefficients;  // for k = 1, 2, ...
    double step;
};

Scheme scheme_for(double x, const CheckOptions& options) {
    if (options.stencil == Stencil::linear) {
        return {{1.0 / 2}, options.step > 0 ? options.step : 1};
    }
    const double step = sizeof(Real) == sizeof(double) ? 0x1p-7 : 0x1p-3;
    return {{3.0 / 4, -3.0 / 20, 1.0 / 60},
            options.step > 0 ? options.step : step * std::max(1.0, std::abs(x))};
}

struct Restore {
    Real& x;
    Real value;
    ~Restore() { x = value; }
};

}  // namespace

double weighted_difference(const std::function<Array()>& output, Real& x, const Array& w,
                           const CheckOptions& options) {
    const Restore restore{x, x};
    const Scheme scheme = scheme_for(double{restore.value}, options);
    double sum = 0;
    for (std::size_t k = 1; k <= scheme.coefficients.size(); ++k) {
        const double step = static_cast<double>(k) * scheme.step;
        x = static_cast<Real>(double{restore.value} + step);
        const double taken_up = double{x} - double{restore.value};
        const Array above = output();
        x = static_cast<Real>(double{restore.value} - step);
        const double taken_down = double{restore.value} - double{x};
        const Array below = output();
        // The step that was taken is the representable one.
        const double factor =
            scheme.coefficients[k - 1] * 2 * static_cast<double>(k) / (taken_up + taken_down);
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double rise = double{above.data()[i]} - double{below.data()[i]};
            sum += double{w.data()[i]} * factor * rise;
        }
    }
    return sum;
}

}  // namespace xtape
