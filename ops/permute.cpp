#include <xtape/ops/permute.hpp>

#include <algorithm>
#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/permuted.hpp>

namespace xtape {

namespace {

/// The axes counted from the front, in the order in which they are named.
std::vector<std::size_t> normalise_order(const Axes& axes, const Shape& shape) {
    normalise_axes("permute", axes, shape);
    if (axes.size() != shape.size()) {
        throw AxisError(text("permute: axes ", axes, " are ", axes.size(), " and shape ", shape,
                             " has ", shape.size(), "; name each axis once"));
    }
    std::vector<std::size_t> order;
    for (const std::ptrdiff_t axis : axes) {
        order.push_back(normalise_axis("permute", axis, shape));
    }
    return order;
}

Axes inverse(const std::vector<std::size_t>& order) {
    Axes result(order.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
        result[order[k]] = static_cast<std::ptrdiff_t>(k);
    }
    return result;
}

/// The axes 0, 1, 2, ...
Axes axes_of(const Shape& shape) {
    Axes axes(shape.size());
    std::iota(axes.begin(), axes.end(), 0);
    return axes;
}

void reverse(Array& x, const Around& a) {
    for (std::size_t i = 0; i < a.outer; ++i) {
        Real* rows = x.data() + i * a.extent * a.inner;
        for (std::size_t k = 0; k < a.extent / 2; ++k) {
            Real* row = rows + k * a.inner;
            std::swap_ranges(row, row + a.inner, rows + (a.extent - 1 - k) * a.inner);
        }
    }
}

}  // namespace

// A permutation moves every number to one other place; going back is the inverse permutation,
//
//     dL/dx = permute(g, inverse of axes).
Variable permute(const Variable& x, const Axes& axes) {
    const std::vector<std::size_t> order = normalise_order(axes, x.shape());
    if (std::is_sorted(order.begin(), order.end())) {
        return x;
    }
    const auto pullback = [back = inverse(order)](Variable g) { return permute(g, back); };
    return record({"Permute", {{"axes", axes}}}, permuted(x.value(), order), Input{x, pullback});
}

Variable transpose(const Variable& x, std::ptrdiff_t axis0, std::ptrdiff_t axis1) {
    Axes axes = axes_of(x.shape());
    std::swap(axes[normalise_axis("transpose", axis0, x.shape())],
              axes[normalise_axis("transpose", axis1, x.shape())]);
    return permute(x, axes);
}

// Reversing twice changes nothing: the flip is its own inverse, and as it moves every number to one
// other place, its own transpose. dL/dx = flip(g).
Variable flip(Variable x, const Axes& axes) {
    const std::vector<std::size_t> sorted = normalise_axes("flip", axes, x.shape());
    Input to_x{x, [axes](Variable g) { return flip(std::move(g), axes); }};
    Array y = reuse_or_copy(x);
    for (const std::size_t axis : sorted) {
        reverse(y, around(y.shape(), axis));
    }
    return record({"Flip", {{"axes", axes}}}, std::move(y), std::move(to_x));
}

}  // namespace xtape
