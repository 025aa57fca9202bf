#include <xtape/ops/layer_norm.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/rows.hpp>
#include <xtape/ops/detail/sums.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

/// A row is what the last `rank` axes hold: `width` numbers.
struct Rows {
    std::size_t rank, width;

    /// One sum for each row of x.
    Variable sum(const Variable& x) const {
        Axes axes(rank);
        std::iota(axes.begin(), axes.end(), -static_cast<std::ptrdiff_t>(rank));
        return reduce_sum(x, axes, keep_dims);
    }
    Variable mean(const Variable& x) const { return scale(sum(x), 1 / static_cast<Real>(width)); }
    Batch mean(double sum) const { return static_cast<Real>(sum / static_cast<double>(width)); }
};

Rows rows_of(const Shape& shape, std::size_t rank) {
    return {rank, around(shape, shape.size() - rank, rank).extent};
}

/// y = (x - m) r and, for each row, r = 1 / sqrt(mean (x - m)^2 + eps).
struct Normalised {
    Variable y, r;
};

/// `use(i, y_i)` is called for each row while it is at hand.
template <class Use>
Normalised normalise(Variable& x, Rows rows, double eps, Use use) {
    const std::size_t n = rows.width;
    Shape per_row = x.shape();
    std::fill(per_row.end() - static_cast<std::ptrdiff_t>(rows.rank), per_row.end(), 1);
    Array inverse = Array::from_shape(per_row);
    Array y = map_rows(x, n, [&](std::size_t i, const Real* x_i, Real* y_i) {
        const Batch m = rows.mean(total(n, x_i));
        const auto deviation = [m](Batch v) { return v - m; };
        map(n, y_i, deviation, x_i);
        const double variance = total_product(n, y_i, y_i) / static_cast<double>(n);
        const Real r = static_cast<Real>(1 / std::sqrt(variance + eps));
        const auto normal = [r = Batch(r)](Batch v) { return v * r; };
        map(n, y_i, normal, y_i);
        inverse.data()[i] = r;
        use(i, y_i);
    });
    return {Variable(std::move(y)), Variable(std::move(inverse))};
}

/// dx = r (g - mean g - y mean(g y)) for one row; dx may be g.
void project(Rows rows, const Real* g, const Real* y, Real r, Real* dx) {
    const std::size_t n = rows.width;
    const Batch m = rows.mean(total(n, g));
    const Batch a = rows.mean(total_product(n, g, y));
    const auto rule = [=, r = Batch(r)](Batch v, Batch w) { return r * (v - m - w * a); };
    map(n, dx, rule, g, y);
}

// dx = r (g - mean g - y a) with a = mean(g y): a symmetric matrix times g. With h the gradient of
// a loss with respect to dx, and b = mean(h y),
//
//     dL/dg = r (h - mean h - y b)
//     dL/dy = -r (g b + h a)
//     dL/dr = sum h (g - mean g - y a)
Variable layer_norm_gradient(const Normalised& z, Variable g, Rows rows) {
    const Variable& y = z.y;
    const Variable& r = z.r;
    Input to_y{y, [y, r, g, rows](const Variable& h) {
                   return -(r * (g * rows.mean(h * y) + h * rows.mean(g * y)));
               }};
    Input to_r{r, [y, g, rows](const Variable& h) {
                   return rows.sum(h * (g - rows.mean(g) - y * rows.mean(g * y)));
               }};
    Input to_g{g, [z, rows](Variable h) { return layer_norm_gradient(z, std::move(h), rows); }};
    Array dx = map_rows(g, rows.width, [&](std::size_t i, const Real* g_i, Real* dx_i) {
        project(rows, g_i, y.value().data() + i * rows.width, r.value().data()[i], dx_i);
    });
    return record("LayerNormGradient", std::move(dx), std::move(to_y), std::move(to_r),
                  std::move(to_g));
}

/// The same of g gain, row by row in one go.
Variable gained_gradient(const Normalised& z, const Array& gain, Variable g, Rows rows) {
    const std::size_t n = rows.width;
    return Variable(map_rows(g, n, [&](std::size_t i, const Real* g_i, Real* dx_i) {
        const auto times = [](Batch v, Batch w) { return v * w; };
        map(n, dx_i, times, g_i, gain.data());
        project(rows, dx_i, z.y.value().data() + i * n, z.r.value().data()[i], dx_i);
    }));
}

void require_eps(double eps) {
    if (!(eps >= 0)) {
        throw ValueError(text("layer_norm: eps is ", eps, "; it must be 0 or more"));
    }
}

void require_fits(const Shape& x, const Shape& gain, const Shape& bias) {
    const bool fits = !gain.empty() && gain.size() <= x.size() &&
                      std::equal(gain.rbegin(), gain.rend(), x.rbegin());
    if (!fits) {
        throw ShapeError(text("layer_norm: the gain has shape ", gain, " and the array ", x,
                              "; it needs the extents of one or more of its last axes"));
    }
    if (bias != gain) {
        throw ShapeError(text("layer_norm: the bias has shape ", bias, " and the gain ", gain,
                              "; they must be equal"));
    }
}

// y_i = (x_i - m) r with m = mean x and r = (mean (x - m)^2 + eps)^(-1/2), over a row of n numbers.
// Every x_j enters y_j directly, and all y_i through m and r:
//
//     dm/dx_j   = 1 / n,    dr/dx_j = -r^3 (x_j - m) / n = -r^2 y_j / n,
//     dy_i/dx_j = r ([i = j] - 1/n - y_i y_j / n),
//     dL/dx     = r (g - mean g - y mean(g y)).
//
// r stands on the tape as well, as nobody's input: only this gradient differentiated again asks
// for it.
template <class Use>
Normalised layer_norm(const char* op, Variable x, Rows rows, double eps, Use use) {
    const Normalised z = normalise(x, rows, eps, use);
    const auto through_r = [z, rows](const Variable& g) {
        return scale(g * square(z.r) * z.y, -1 / static_cast<Real>(rows.width));
    };
    const auto pullback = [z, rows](Variable g) {
        return layer_norm_gradient(z, std::move(g), rows);
    };
    record("InverseDeviation", z.r, Input{x, through_r});
    record({op, {{"row_rank", rows.rank}, {"eps", eps}}}, z.y, Input{x, pullback});
    return z;
}

}  // namespace

Variable layer_norm(Variable x, std::size_t row_rank, double eps) {
    require_eps(eps);
    if (row_rank == 0 || row_rank > x.shape().size()) {
        throw ShapeError(text("layer_norm: a row of ", row_rank, " axes of shape ", x.shape(),
                              "; it takes one or more of the last axes"));
    }
    const Rows rows = rows_of(x.shape(), row_rank);
    const auto nobody = [](std::size_t, const Real*) {};
    return layer_norm("LayerNorm", std::move(x), rows, eps, nobody).y;
}

// z = y gain + bias, with y from above: dL/dy = g gain, and over all rows dL/dgain = sum g y and
// dL/dbias = sum g. The first two are worth a pass of their own; whoever records gets operators. y stands
// on the tape for them, too, as nobody's input.
Variable layer_norm(Variable x, const Variable& gain, const Variable& bias, double eps) {
    require_eps(eps);
    require_fits(x.shape(), gain.shape(), bias.shape());
    const Shape row = gain.shape();
    const Rows rows = rows_of(x.shape(), row.size());
    Array y = Array::from_shape(x.shape());
    const auto affine = [&, n = rows.width](std::size_t i, const Real* y_i) {
        const auto rule = [](Batch v, Batch w, Batch b) { return v * w + b; };
        map(n, y.data() + i * n, rule, y_i, gain.value().data(), bias.value().data());
    };
    const Normalised z = layer_norm("Normalise", x, rows, eps, affine);
    const auto to_x = [z, gain, rows](Variable g) {
        return is_recording() ? layer_norm_gradient(z, std::move(g) * gain, rows)
                              : gained_gradient(z, gain.value(), std::move(g), rows);
    };
    const auto to_gain = [z, row](const Variable& g) {
        return is_recording() ? sum_to(g * z.y, row)
                              : Variable(sum_of_row_products(g.value(), z.y.value(), row));
    };
    const auto to_bias = [row](Variable g) { return sum_to(std::move(g), row); };
    return record({"LayerNorm", {{"eps", eps}}}, std::move(y), Input{x, to_x}, Input{gain, to_gain},
                  Input{bias, to_bias});
}

}  // namespace xtape
