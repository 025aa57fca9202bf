#include <xtape/ops/detail/broadcasting.hpp>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

/// The extent of `shape` at an axis counted from the end; 1 beyond its front.
std::size_t extent_from_end(const Shape& shape, std::size_t k) {
    return k < shape.size() ? shape[shape.size() - 1 - k] : 1;
}

}  // namespace

Shape broadcast_shape(const char* op, const Shape& a, const Shape& b) {
    if (a == b) {
        return a;
    }
    Shape shape(std::max(a.size(), b.size()), 1);
    for (std::size_t k = 0; k < shape.size(); ++k) {
        const std::size_t p = extent_from_end(a, k);
        const std::size_t q = extent_from_end(b, k);
        if (p != q && p != 1 && q != 1) {
            throw ShapeError(text(op, ": shapes ", a, " and ", b, " do not broadcast"));
        }
        shape[shape.size() - 1 - k] = p == 1 ? q : p;
    }
    return shape;
}

std::vector<BroadcastLoop> broadcast_loops(const Shape& shape, const Shape& a, const Shape& b) {
    std::vector<BroadcastLoop> loops;  // innermost first, until the end
    std::size_t stride_a = 1;
    std::size_t stride_b = 1;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        const std::size_t extent = extent_from_end(shape, k);
        if (extent == 1) {
            continue;
        }
        const BroadcastLoop loop{extent, extent_from_end(a, k) == 1 ? 0 : stride_a,
                                 extent_from_end(b, k) == 1 ? 0 : stride_b};
        stride_a *= extent_from_end(a, k);
        stride_b *= extent_from_end(b, k);
        const bool goes_on = !loops.empty() &&
                             loop.step_a == loops.back().step_a * loops.back().extent &&
                             loop.step_b == loops.back().step_b * loops.back().extent;
        if (goes_on) {
            loops.back().extent *= extent;
        } else {
            loops.push_back(loop);
        }
    }
    if (loops.empty()) {
        loops.push_back({1, 1, 1});
    }
    return {loops.rbegin(), loops.rend()};
}

}  // namespace xtape
