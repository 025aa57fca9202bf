#include <xtape/ops/softmax.hpp>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/rows.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

Variable row_sum(const Variable& x) {
    return reduce_sum(x, {-1}, keep_dims);
}

// dx = y (g - s) with s = sum_k g_k y_k: a symmetric matrix, diag(y) - y y', times g. With h the
// gradient of a loss with respect to dx, and t = sum_k h_k y_k,
//
//     dL/dg = y (h - t)
//     dL/dy = h (g - s) - g t
Variable softmax_gradient(const Variable& y, Variable g) {
    Input to_y{y,
               [y, g](const Variable& h) { return h * (g - row_sum(g * y)) - g * row_sum(h * y); }};
    Input to_g{g, [y](Variable h) { return softmax_gradient(y, std::move(h)); }};
    const std::size_t n = y.shape().back();
    Array dx = map_rows(g, n, [&](std::size_t i, const Real* g_i, Real* dx_i) {
        const Real* y_i = y.value().data() + i * n;
        const Batch s(static_cast<Real>(total_product(n, g_i, y_i)));
        const auto rule = [s](Batch v, Batch p) { return p * (v - s); };
        map(n, dx_i, rule, g_i, y_i);
    });
    return record("SoftmaxGradient", std::move(dx), std::move(to_y), std::move(to_g));
}

}  // namespace

// y_j = exp x_j / sum_k exp x_k. Every x_m enters y_m directly, and all y_j through the sum:
//
//     dy_j/dx_m = y_j ([j = m] - y_m),
//     dL/dx_m   = sum_j g_j dy_j/dx_m = y_m (g_m - sum_j g_j y_j).
//
// So the output is all the way back needs. Taking out the maximum first keeps exp from overflowing.
Variable softmax(Variable x, std::ptrdiff_t axis) {
    const std::size_t k = normalise_axis("softmax", axis, x.shape());
    const std::size_t n = x.shape()[k];
    if (n == 0) {
        throw ShapeError(text("softmax: axis ", axis, " of shape ", x.shape(),
                              " is empty; probabilities of nothing cannot sum to 1"));
    }
    if (k + 1 < x.shape().size()) {
        return transpose(softmax(transpose(x, axis, -1), -1), axis, -1);
    }
    const Variable y(map_rows(x, n, [n](std::size_t, const Real* x_i, Real* y_i) {
        const Batch top(peak(n, x_i));
        const auto part = [top](Batch v) { return exponential(v - top); };
        map(n, y_i, part, x_i);
        const Batch inverse(static_cast<Real>(1 / total(n, y_i)));
        const auto share = [inverse](Batch v) { return v * inverse; };
        map(n, y_i, share, y_i);
    }));
    const auto pullback = [y](Variable g) { return softmax_gradient(y, std::move(g)); };
    return record({"Softmax", {{"axis", axis}}}, y, Input{x, pullback});
}

}  // namespace xtape
