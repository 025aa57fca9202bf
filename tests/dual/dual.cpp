#include "tests/dual/dual.hpp"

namespace xtape::dual {

namespace {

/// f, f' and f'' at one place, and the magnitude of the terms that cancel in f' and f'', if any do.
struct Slopes {
    double f, first, second;
    double terms = 0;
};

/// f(v + d) = f(v) + f'(v) d + f''(v) d^2 / 2, where the square of d = a s + b t + ab s t is
/// 2 a b s t.
/// The third derivative says how far an error of v moves f''; there a difference is good enough.
template <class SlopesAt>
Dual through(const Dual& x, SlopesAt slopes_at) {
    const double at = x.v.value;
    const double step = 1e-3 * std::abs(at) + 1e-6;
    const Slopes s = slopes_at(at);
    const double third = std::abs(slopes_at(at + step).second - s.second) / step;
    const double error = x.v.size + std::abs(at);  // functions round their argument, too
    const double squared_error = tolerance * error * error;
    const auto sized = [](double value, double size) {
        return Number{value, std::abs(value), std::abs(value) + size};
    };
    const double bend = std::abs(s.second);
    const Number f = sized(s.f, std::abs(s.first) * error + bend * squared_error);
    const Number first = sized(s.first, s.terms + bend * error + third * squared_error);
    const Number second = sized(s.second, s.terms + third * error);
    return {f, first * x.a, first * x.b, first * x.ab + second * x.a * x.b};
}

double gate(double x) {
    return 1 / (1 + std::exp(-x));
}

}  // namespace

Dual operator-(const Dual& x) {
    return {-x.v, -x.a, -x.b, -x.ab};
}
Dual operator+(const Dual& x, const Dual& y) {
    return {stored(x.v + y.v), x.a + y.a, x.b + y.b, x.ab + y.ab};
}
Dual operator-(const Dual& x, const Dual& y) {
    return x + -y;
}
Dual operator*(const Dual& x, const Dual& y) {
    return {x.v * y.v, x.v * y.a + x.a * y.v, x.v * y.b + x.b * y.v,
            x.v * y.ab + x.a * y.b + x.b * y.a + x.ab * y.v};
}
Dual operator/(const Dual& x, const Dual& y) {
    return x * reciprocal(y);
}

Dual exp(const Dual& x) {
    return through(x, [](double v) { return Slopes{std::exp(v), std::exp(v), std::exp(v)}; });
}
Dual log(const Dual& x) {
    return through(x, [](double v) { return Slopes{std::log(v), 1 / v, -1 / (v * v)}; });
}
Dual log1p(const Dual& x) {
    return through(x, [](double v) {
        return Slopes{std::log1p(v), 1 / (1 + v), -1 / ((1 + v) * (1 + v))};
    });
}
Dual sin(const Dual& x) {
    return through(x, [](double v) { return Slopes{std::sin(v), std::cos(v), -std::sin(v)}; });
}
Dual cos(const Dual& x) {
    return through(x, [](double v) { return Slopes{std::cos(v), -std::sin(v), -std::cos(v)}; });
}
Dual tanh(const Dual& x) {
    return through(x, [](double v) {
        const double slope = 1 / (std::cosh(v) * std::cosh(v));
        return Slopes{std::tanh(v), slope, -2 * std::tanh(v) * slope, 1};
    });
}
Dual sigmoid(const Dual& x) {
    return through(x, [](double v) {
        const double slope = gate(v) * gate(-v);
        return Slopes{gate(v), slope, slope * (gate(-v) - gate(v)), gate(v)};
    });
}
Dual softplus(const Dual& x) {
    return through(x, [](double v) {
        const double f = v > 0 ? v + std::log1p(std::exp(-v)) : std::log1p(std::exp(v));
        return Slopes{f, gate(v), gate(v) * gate(-v), gate(v)};
    });
}
Dual erf(const Dual& x) {
    return through(x, [](double v) {
        const double slope = 1.1283791670955126 * std::exp(-v * v);
        return Slopes{std::erf(v), slope, -2 * v * slope};
    });
}
Dual sqrt(const Dual& x) {
    return through(x, [](double v) {
        return Slopes{std::sqrt(v), 0.5 / std::sqrt(v), -0.25 / (v * std::sqrt(v))};
    });
}
Dual reciprocal(const Dual& x) {
    return through(x, [](double v) { return Slopes{1 / v, -1 / (v * v), 2 / (v * v * v)}; });
}
Dual pow(const Dual& x, double p) {
    const double first = p;
    const double second = p * (p - 1);
    return through(x, [=](double v) {
        return Slopes{std::pow(v, p), first == 0 ? 0 : first * std::pow(v, p - 1),
                      second == 0 ? 0 : second * std::pow(v, p - 2)};
    });
}

}  // namespace xtape::dual
