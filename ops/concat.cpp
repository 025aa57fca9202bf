#include <xtape/ops/concat.hpp>

#include <xtape/core/detail/simd.hpp>
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

/// y from its front to its end: of each part in turn the next `length` numbers.
void join(const std::vector<Variable>& parts, const Around& a, std::size_t axis, Array& y) {
    struct Source {
        const Real* next;
        std::size_t length;
    };
    std::vector<Source> sources;
    for (const Variable& x : parts) {
        sources.push_back({x.value().data(), x.shape()[axis] * a.inner});
    }
    Real* to = y.data();
    for (std::size_t i = 0; i < a.outer; ++i) {
        for (Source& source : sources) {
            copy_run(source.next, source.length, to);
            source.next += source.length;
            to += source.length;
        }
    }
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
    join(parts, around(y.shape(), k), k, y);
    std::vector<Input> inputs;
    std::ptrdiff_t start = 0;
    for (const Variable& x : parts) {
        const auto stop = start + static_cast<std::ptrdiff_t>(x.shape()[k]);
        inputs.emplace_back(
            x, [axis, start, stop](Variable g) { return slice(g, axis, start, stop); });
        start = stop;
    }
    return record({"Concat", {{"axis", axis}}}, std::move(y), std::move(inputs));
}

}  // namespace xtape
