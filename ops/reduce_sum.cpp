#include <xtape/ops/reduce_sum.hpp>

#include <numeric>

#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/sums.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

Axes all_axes(const Variable& x) {
    Axes all(x.shape().size());
    std::iota(all.begin(), all.end(), 0);
    return all;
}

Shape without(const Shape& shape, const std::vector<std::size_t>& axes) {
    Shape rest;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        if (!std::binary_search(axes.begin(), axes.end(), k)) {
            rest.push_back(shape[k]);
        }
    }
    return rest;
}

}  // namespace

// y_i = sum_j x_ij, so dy_i/dx_ij = 1: a sum passes its gradient on, unchanged, to every term,
//
//     dL/dx_ij = g_i.
Variable reduce_sum(const Variable& x, const Axes& axes, bool keep) {
    const std::vector<std::size_t> sorted = normalise_axes("reduce_sum", axes, x.shape());
    Array y = sum_over(x.value(), sorted);
    const Shape kept = y.shape();
    if (!keep) {
        y.reshape(without(x.shape(), sorted));
    }
    const auto pullback = [kept, from = x.shape()](Variable g) {
        return broadcast_to(reshape(std::move(g), kept), from);
    };
    const auto add_pullback = [kept](Array& sum, Array g) {
        broadcast_map(sum, sum, g.reshape(kept), [](Batch s, Batch v) { return s + v; });
    };
    return record({"ReduceSum", {{"axes", axes}, {"keep_dims", keep}}}, std::move(y),
                  Input{x, pullback, add_pullback});
}

Variable reduce_sum(const Variable& x) {
    return reduce_sum(x, all_axes(x));
}

Variable mean(const Variable& x, const Axes& axes, bool keep) {
    const Variable sum = reduce_sum(x, axes, keep);
    const auto terms = static_cast<Real>(x.value().size()) / static_cast<Real>(sum.value().size());
    return scale(sum, 1 / terms);
}

Variable mean(const Variable& x) {
    return mean(x, all_axes(x));
}

}  // namespace xtape
