#include <xtape/ops/softmax.hpp>

#include <algorithm>

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

/// y_j = e^(c x_j) / sum_k e^(c x_k) for n numbers and c > 0; y may be x.
void share_out(std::size_t n, Real c, const Real* x, Real* y) {
    const Batch top(peak(n, x));
    const auto part = [top, c = Batch(c)](Batch v) { return exponential((v - top) * c); };
    map(n, y, part, x);
    const Batch inverse(static_cast<Real>(1 / total(n, y)));
    const auto share = [inverse](Batch v) { return v * inverse; };
    map(n, y, share, y);
}

void require_counts(const Shape& x, const Index& counts) {
    if (x.empty() || counts.shape() != Shape(x.begin(), x.end() - 1)) {
        throw ShapeError(text("prefix_softmax: the array has shape ", x, " and the counts ",
                              counts.shape(),
                              "; they must be equal, but for the array's last axis"));
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t n = counts.data()[i];
        if (n < 0 || static_cast<std::uint64_t>(n) > x.back()) {
            throw IndexError(text("prefix_softmax: count ", n, " at ", place_of(i, counts.shape()),
                                  " is outside [0, ", x.back(), "]"));
        }
    }
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
    const Variable y(map_rows(
        x, n, [n](std::size_t, const Real* x_i, Real* y_i) { share_out(n, 1, x_i, y_i); }));
    const auto pullback = [y](Variable g) { return softmax_gradient(y, std::move(g)); };
    return record({"Softmax", {{"axis", axis}}}, y, Input{x, pullback});
}

// Each row is a softmax of c times its first numbers. Those after them enter nothing, and where y is
// 0 so is the gradient:
//
//     dL/dx_m = c y_m (g_m - sum_j g_j y_j).
Variable prefix_softmax(Variable x, const Index& counts, Real c) {
    require_counts(x.shape(), counts);
    if (!(c > 0)) {
        throw ValueError(text("prefix_softmax: c is ", c, "; it must be positive"));
    }
    const std::size_t n = x.shape().back();
    const Variable y(map_rows(x, n, [&](std::size_t i, const Real* x_i, Real* y_i) {
        const auto count = static_cast<std::size_t>(counts.data()[i]);
        share_out(count, c, x_i, y_i);
        std::fill(y_i + count, y_i + n, Real(0));
    }));
    const auto pullback = [y, c](Variable g) {
        return scale(softmax_gradient(y, std::move(g)), c);
    };
    return record({"PrefixSoftmax", {{"c", c}}}, y, Input{x, pullback});
}

}  // namespace xtape
