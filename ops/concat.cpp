#include <xtape/ops/concat.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/slice.hpp>

namespace xtape {

namespace {

/// The shape of all parts together; `axis` counts from the front.
Shape joined_shape(const std::vector<Variable>& parts, std::size_t axis) {
    Shape shape = parts.front().shape();
    for (std::size_t n = 1; n < parts.size(); ++n) {
        const Shape& part = parts[n].shape();
        Shape wanted = shape;
        if (part.size() == shape.size()) {
            wanted[axis] = part[axis];
        }
        if (part != wanted) {
            throw ShapeError(text("concat: part 0 has shape ", parts.front().shape(), " and part ",
                                  n, " ", part, "; but for axis ", axis, " they must be equal"));
        }
        shape[axis] += part[axis];
    }
    return shape;
}

}  // namespace

// Part n stands in y from s_n on, where s_n is the sum of the extents before it. Its gradient is
// that slice of g,
//
//     dL/dx_n = g[s_n .. s_{n+1}).
Variable concat(const std::vector<Variable>& parts, std::ptrdiff_t axis) {
    if (parts.empty()) {
        throw ValueError("concat: there are no parts; at least one is needed");
    }
    const std::size_t k = normalise_axis("concat", axis, parts.front().shape());
    Array y = Array::from_shape(joined_shape(parts, k));
    const auto [outer, extent, inner] = around(y.shape(), k);
    std::vector<Input> inputs;
    std::ptrdiff_t start = 0;
    std::size_t offset = 0;  // of the part, in each row of y
    for (const Variable& x : parts) {
        const std::size_t length = x.shape()[k] * inner;
        for (std::size_t i = 0; i < outer; ++i) {
            const std::size_t place = i * extent * inner + offset;
            std::copy_n(x.value().data() + i * length, length, y.data() + place);
        }
        const auto stop = start + static_cast<std::ptrdiff_t>(x.shape()[k]);
        inputs.emplace_back(
            x, [axis, start, stop](Variable g) { return slice(g, axis, start, stop); });
        start = stop;
        offset += length;
    }
    return record({"Concat", {{"axis", axis}}}, std::move(y), std::move(inputs));
}

}  // namespace xtape
