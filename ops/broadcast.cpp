#include <xtape/ops/broadcast.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/sums.hpp>

// What is read many times collects the gradients of all its readers, and a sum passes its gradient
// on, unchanged, to every term: broadcast_to and sum_to are each other's gradient.

namespace xtape {

namespace {

void require_broadcasts(const char* op, const Shape& from, const Shape& to) {
    bool fits = from.size() <= to.size();
    for (std::size_t k = 1; fits && k <= from.size(); ++k) {
        const std::size_t extent = from[from.size() - k];
        fits = extent == 1 || extent == to[to.size() - k];
    }
    if (!fits) {
        throw ShapeError(text(op, ": shape ", from, " does not broadcast to ", to));
    }
}

/// The axes of `to` along which `from` is repeated.
std::vector<std::size_t> repeated_axes(const Shape& from, const Shape& to) {
    const std::size_t missing = to.size() - from.size();
    std::vector<std::size_t> axes;
    for (std::size_t axis = 0; axis < to.size(); ++axis) {
        if (axis < missing || (from[axis - missing] == 1 && to[axis] != 1)) {
            axes.push_back(axis);
        }
    }
    return axes;
}

}  // namespace

// y[..i..j..] = x[..j..]: dL/dx[j] = sum_i g[i, j].
Variable broadcast_to(Variable x, const Shape& shape) {
    require_broadcasts("broadcast_to", x.shape(), shape);
    if (x.shape() == shape) {
        return x;
    }
    Array y = Array::from_shape(shape);
    broadcast_map(y, x.value(), y, [](Batch v, Batch) { return v; });
    const auto pullback = [from = x.shape()](Variable g) { return sum_to(std::move(g), from); };
    return record("BroadcastTo", std::move(y), Input{x, pullback});
}

// y[j] = sum_i x[i, j]: dL/dx[i, j] = g[j].
Variable sum_to(Variable x, const Shape& shape) {
    require_broadcasts("sum_to", shape, x.shape());
    if (x.shape() == shape) {
        return x;
    }
    Array y = sum_over(x.value(), repeated_axes(shape, x.shape()));
    y.reshape(shape);
    const auto pullback = [from = x.shape()](Variable g) {
        return broadcast_to(std::move(g), from);
    };
    return record("SumTo", std::move(y), Input{x, pullback});
}

}  // namespace xtape
