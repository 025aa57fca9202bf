#include <xtape/ops/log_softmax.hpp>

#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/rows.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

Variable row_sum(const Variable& x) {
    return reduce_sum(x, {-1}, keep_dims);
}

// dx = g - p sum_k g_k with p = exp y. With h the gradient of a loss with respect to dx,
//
//     dL/dg_m = sum_j h_j ([j = m] - p_j) = h_m - sum_j h_j p_j
//     dL/dy_m = -h_m p_m sum_k g_k
Variable log_softmax_gradient(const Variable& y, Variable g) {
    Input to_y{y, [y, g](const Variable& h) { return -(h * exp(y) * row_sum(g)); }};
    Input to_g{g, [y](const Variable& h) { return h - row_sum(h * exp(y)); }};
    const std::size_t n = y.shape().back();
    Array dx = map_rows(g, n, [&](std::size_t i, const Real* g_i, Real* dx_i) {
        const Batch sum(static_cast<Real>(total(n, g_i)));
        const auto rule = [sum](Batch v, Batch log_p) { return v - xsimd::exp(log_p) * sum; };
        map(n, dx_i, rule, g_i, y.value().data() + i * n);
    });
    return record("LogSoftmaxGradient", std::move(dx), std::move(to_y), std::move(to_g));
}

}  // namespace

// y_j = x_j - log sum_k exp x_k. Every x_m enters y_m directly, and all y_j through the sum:
//
//     dy_j/dx_m = [j = m] - p_m,    with p = softmax x = exp y,
//     dL/dx_m   = g_m - p_m sum_j g_j.
//
// So the output is all the way back needs. Taking out the maximum first keeps exp from overflowing,
// and taking it from x_j rather than adding it to the logarithm keeps the digits of y_j.
Variable log_softmax(Variable x, std::ptrdiff_t axis) {
    const std::size_t k = normalise_axis("log_softmax", axis, x.shape());
    const std::size_t n = x.shape()[k];
    if (n == 0) {
        throw ShapeError(text("log_softmax: axis ", axis, " of shape ", x.shape(),
                              " is empty; probabilities of nothing cannot sum to 1"));
    }
    if (k + 1 < x.shape().size()) {
        return transpose(log_softmax(transpose(x, axis, -1), -1), axis, -1);
    }
    const Variable y(map_rows(x, n, [n](std::size_t, const Real* x_i, Real* y_i) {
        const Batch top(peak(n, x_i));
        const auto term = [top](Batch v) { return xsimd::exp(v - top); };
        const Batch log_sum(static_cast<Real>(std::log(sum(n, term, x_i))));
        const auto rule = [top, log_sum](Batch v) { return v - top - log_sum; };
        map(n, y_i, rule, x_i);
    }));
    const auto pullback = [y](Variable g) { return log_softmax_gradient(y, std::move(g)); };
    return record({"LogSoftmax", {{"axis", axis}}}, y, Input{x, pullback});
}

// y = log sum_k exp x_k, so dy/dx_m = exp x_m / sum_k exp x_k = exp(x_m - y):
//
//     dL/dx = g exp(x - y)
Variable logsumexp(const Variable& x, std::ptrdiff_t axis, bool keep) {
    const std::size_t k = normalise_axis("logsumexp", axis, x.shape());
    if (k + 1 < x.shape().size()) {
        const Variable y = transpose(logsumexp(transpose(x, axis, -1), -1, keep_dims), axis, -1);
        return keep ? y : squeeze(y, axis);
    }
    const std::size_t n = x.shape()[k];
    Shape shape = x.shape();
    shape[k] = 1;
    Array numbers = Array::from_shape(shape);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const Real* x_i = x.value().data() + i * n;
        const Real largest = peak(n, x_i);
        const Real top = std::isinf(largest) ? 0 : largest;  // inf - inf would be nan
        const auto term = [top = Batch(top)](Batch v) { return xsimd::exp(v - top); };
        numbers.data()[i] = top + static_cast<Real>(std::log(sum(n, term, x_i)));
    }
    const Variable y(std::move(numbers));
    const auto pullback = [x, y](Variable g) { return std::move(g) * exp(x - y); };
    record({"LogSumExp", {{"axis", axis}}}, y, Input{x, pullback});
    return keep ? y : squeeze(y, axis);
}

}  // namespace xtape
