#include <xtape/ops/log_softmax.hpp>

#include <cmath>
#include <utility>

#include <xtape/core/detail/exponential.hpp>
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
        const auto rule = [sum](Batch v, Batch log_p) { return v - exponential(log_p) * sum; };
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
        const auto term = [top](Batch v) { return exponential(v - top); };
        const Batch log_sum(static_cast<Real>(std::log(sum(n, term, x_i))));
        const auto rule = [top, log_sum](Batch v) { return v - top - log_sum; };
        map(n, y_i, rule, x_i);
    }));
    const auto pullback = [y](Variable g) { return log_softmax_gradient(y, std::move(g)); };
    return record({"LogSoftmax", {{"axis", axis}}}, y, Input{x, pullback});
}

namespace {

/// Calls write(place, slope) for every row: slope(x_k) = g exp(x_k - top - y) of its three numbers.
template <class Write>
void for_each_row(const Array& top, const Array& y, const Array& g, std::size_t n, Write write) {
    for (std::size_t i = 0; i < y.size(); ++i) {
        const Batch top_i(top.data()[i]);
        const Batch y_i(y.data()[i]);
        const Batch g_i(g.data()[i]);
        write(i * n, [=](Batch v) { return g_i * exponential(v - top_i - y_i); });
    }
}

// d_k = g exp(x_k - top - y), where g, y and the constant top are one number a row. With h = dL/dd,
//
//     dL/dg = sum_k h_k d_k / g,    dL/dx_k = h_k d_k,    dL/dy = -sum_k h_k d_k.
Variable logsumexp_gradient(const Variable& top, const Variable& y, const Variable& x,
                            const Variable& g) {
    const std::size_t n = x.shape().back();
    Array numbers = Array::from_shape(x.shape());
    for_each_row(top.value(), y.value(), g.value(), n, [&](std::size_t at, auto slope) {
        map(n, numbers.data() + at, slope, x.value().data() + at);
    });
    const Variable d(std::move(numbers));
    const auto to_g = [top, y, x](const Variable& h) { return row_sum(h * exp(x - top - y)); };
    return record("LogSumExpGradient", d,
                  Input{y, [d](const Variable& h) { return -row_sum(h * d); }},
                  Input{x, [d](const Variable& h) { return h * d; }}, Input{g, to_g});
}

/// log sum_k exp(x_k - top), which is top less than the whole; 0 for top = -inf would be nan.
Variable log_sum_above(const Variable& top, const Variable& x) {
    const std::size_t n = x.shape().back();
    Array numbers = Array::from_shape(top.shape());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto term = [top = Batch(top.value().data()[i])](Batch v) {
            return exponential(v - top);
        };
        numbers.data()[i] = static_cast<Real>(sum(n, term, x.value().data() + i * n));
    }
    map(
        numbers, [](Batch v) { return xsimd::log(v); }, numbers);
    const Variable y(std::move(numbers));
    const auto pullback = [top, y, x](const Variable& g) {
        return logsumexp_gradient(top, y, x, g);
    };
    const auto add_pullback = [top, y, x, n](Array& sum, const Array& g) {
        for_each_row(top.value(), y.value(), g, n, [&](std::size_t at, auto slope) {
            const auto add = [slope](Batch s, Batch v) { return s + slope(v); };
            map(n, sum.data() + at, add, sum.data() + at, x.value().data() + at);
        });
    };
    return record({"LogSumExp", {{"axis", -1}}}, y, Input{x, pullback, add_pullback});
}

}  // namespace

// y = log sum_k exp x_k, so dy/dx_m = exp x_m / sum_k exp x_k = exp(x_m - y):
//
//     dL/dx = g exp(x - y)
//
// With y = top + above nothing overflows, and exp((x - top) - above) has digits that x - y lost. As y
// does not depend on top, it is a constant.
LogSum log_sum(const Variable& x) {
    if (x.shape().empty()) {
        throw AxisError("log_sum: a single number has no axis to sum over");
    }
    Shape shape = x.shape();
    const std::size_t n = std::exchange(shape.back(), 1);
    Array top = Array::from_shape(shape);
    for (std::size_t i = 0; i < top.size(); ++i) {
        const Real largest = peak(n, x.value().data() + i * n);
        top.data()[i] = std::isinf(largest) ? 0 : largest;  // inf - inf would be nan
    }
    const Variable constant(std::move(top));
    return {constant, log_sum_above(constant, x)};
}

Variable logsumexp(const Variable& x, std::ptrdiff_t axis, bool keep) {
    const std::size_t k = normalise_axis("logsumexp", axis, x.shape());
    if (k + 1 < x.shape().size()) {
        const Variable y = transpose(logsumexp(transpose(x, axis, -1), -1, keep_dims), axis, -1);
        return keep ? y : squeeze(y, axis);
    }
    const auto [top, above] = log_sum(x);
    const Variable y = above + top;
    return keep ? y : squeeze(y, axis);
}

}  // namespace xtape
