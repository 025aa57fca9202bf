#include <xtape/ops/slice.hpp>

#include <algorithm>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/reshape.hpp>

// Slice takes out and pad puts in, and each is the other's gradient.
//
// y[j] = x[start + j step] is linear in x: y = P x, with a single 1 in every row of P. Hence
//
//     dL/dx = P' g,    that is,    dL/dx[start + j step] = g[j], and 0 elsewhere,
//
// which is pad, with gaps of zeros where step > 1. And because P'' = P, its gradient is slice.

namespace xtape {

namespace {

/// Which elements along an axis of the larger array: start, start + step, ..., `count` of them.
struct Stretch {
    std::size_t axis, start, step, count;
};

/// Calls visit(i, j, n) for runs of n neighbours, from place i of the larger array, whose shape is
/// given, and from place j of the smaller.
template <class Visit>
void for_each_run(const Stretch& s, const Shape& larger, Visit visit) {
    const auto [outer, extent, inner] = around(larger, s.axis);
    const std::size_t runs = s.step == 1 ? std::min<std::size_t>(s.count, 1) : s.count;
    const std::size_t length = s.step == 1 ? s.count * inner : inner;
    std::size_t j = 0;
    for (std::size_t o = 0; o < outer; ++o) {
        for (std::size_t k = 0; k < runs; ++k) {
            visit((o * extent + s.start + k * s.step) * inner, j, length);
            j += length;
        }
    }
}

Shape with_extent(Shape shape, std::size_t axis, std::size_t extent) {
    shape[axis] = extent;
    return shape;
}

Variable put_in(const Variable& x, const Stretch& s, std::size_t extent);

void add_in(Array& y, const Stretch& s, const Array& x) {
    const auto plus = [](Batch a, Batch b) { return a + b; };
    for_each_run(s, y.shape(), [&](std::size_t i, std::size_t j, std::size_t n) {
        map(n, y.data() + i, plus, y.data() + i, x.data() + j);
    });
}

Variable take_out(const Variable& x, const Stretch& s) {
    Array y = Array::from_shape(with_extent(x.shape(), s.axis, s.count));
    for_each_run(s, x.shape(), [&](std::size_t i, std::size_t j, std::size_t n) {
        copy_run(x.value().data() + i, n, y.data() + j);
    });
    const auto pullback = [s, extent = x.shape()[s.axis]](Variable g) {
        return put_in(g, s, extent);
    };
    const auto add_pullback = [s](Array& sum, const Array& g) { add_in(sum, s, g); };
    return record(
        {"Slice", {{"axis", s.axis}, {"start", s.start}, {"step", s.step}, {"count", s.count}}},
        std::move(y), Input{x, pullback, add_pullback});
}

Variable put_in(const Variable& x, const Stretch& s, std::size_t extent) {
    Array y(with_extent(x.shape(), s.axis, extent), 0);
    for_each_run(s, y.shape(), [&](std::size_t i, std::size_t j, std::size_t n) {
        copy_run(x.value().data() + j, n, y.data() + i);
    });
    const auto pullback = [s](Variable g) { return take_out(g, s); };
    return record(
        {"Pad", {{"axis", s.axis}, {"start", s.start}, {"step", s.step}, {"extent", extent}}},
        std::move(y), Input{x, pullback});
}

/// A bound that counts from either end, as one in [0, extent].
std::ptrdiff_t clamp_bound(std::ptrdiff_t bound, std::ptrdiff_t extent) {
    return std::clamp(bound < 0 ? bound + extent : bound, std::ptrdiff_t{0}, extent);
}

}  // namespace

Variable slice(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t start,
               std::optional<std::ptrdiff_t> stop, std::ptrdiff_t step) {
    const std::size_t k = normalise_axis("slice", axis, x.shape());
    if (step < 1) {
        throw ValueError(text("slice: step ", step,
                              " does not go forward; it must be at least 1, "
                              "and flip reverses"));
    }
    const auto extent = static_cast<std::ptrdiff_t>(x.shape()[k]);
    const std::ptrdiff_t first = clamp_bound(start, extent);
    const std::ptrdiff_t last = clamp_bound(stop.value_or(extent), extent);
    const std::ptrdiff_t count = first < last ? 1 + (last - first - 1) / step : 0;
    if (count == extent) {
        return x;
    }
    return take_out(x, {k, static_cast<std::size_t>(first), static_cast<std::size_t>(step),
                        static_cast<std::size_t>(count)});
}

Variable pad(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t before, std::ptrdiff_t after) {
    const std::size_t k = normalise_axis("pad", axis, x.shape());
    if (before < 0 || after < 0) {
        throw ValueError(text("pad: ", before, " zeros before and ", after,
                              " after; neither may be negative, and slice cuts off"));
    }
    if (before == 0 && after == 0) {
        return x;
    }
    const std::size_t count = x.shape()[k];
    const std::size_t start = static_cast<std::size_t>(before);
    return put_in(x, {k, start, 1, count}, start + count + static_cast<std::size_t>(after));
}

Variable select(const Variable& x, std::ptrdiff_t axis, std::ptrdiff_t index) {
    const std::size_t k = normalise_axis("select", axis, x.shape());
    const auto extent = static_cast<std::ptrdiff_t>(x.shape()[k]);
    if (index < -extent || index >= extent) {
        throw IndexError(text("select: index ", index, " is outside [", -extent, ", ", extent,
                              ") of axis ", axis, " of shape ", x.shape()));
    }
    const std::ptrdiff_t start = index < 0 ? index + extent : index;
    return squeeze(slice(x, axis, start, start + 1), axis);
}

}  // namespace xtape
