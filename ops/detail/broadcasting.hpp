#pragma once

#include <xtape/core/detail/simd.hpp>

namespace xtape {

/// The shape that NumPy's rule gives two operands: aligned at the last axis, an extent of 1
/// repeats. Throws ShapeError "op: shapes [2, 3] and [4] do not broadcast".
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b);

/// One loop of the walk over two broadcast operands: how far each moves per step, 0 if it repeats.
struct BroadcastLoop {
    std::size_t extent, step_a, step_b;
};

/// The loops over `shape` from outermost to innermost, neighbours merged where both operands allow.
/// There is always an innermost one, in which each operand steps by 1 or by 0.
std::vector<BroadcastLoop> broadcast_loops(const Shape& shape, const Shape& a, const Shape& b);

/// Calls row(i, j) for the places where each run of the innermost loop starts in a and in b.
template <class Row>
void for_each_row(const std::vector<BroadcastLoop>& loops, Row row) {
    std::vector<std::size_t> count(loops.size() - 1, 0);
    std::size_t i = 0;
    std::size_t j = 0;
    while (true) {
        row(i, j);
        std::size_t k = count.size();
        for (; k > 0; --k) {
            const BroadcastLoop& loop = loops[k - 1];
            i += loop.step_a;
            j += loop.step_b;
            if (++count[k - 1] < loop.extent) {
                break;
            }
            count[k - 1] = 0;
            i -= loop.step_a * loop.extent;
            j -= loop.step_b * loop.extent;
        }
        if (k == 0) {
            return;
        }
    }
}

/// y = f(a, b) with both operands broadcast to `shape`, into y, which may be a or b if that has this
/// shape.
template <class F>
void broadcast_map(Array& y, const Array& a, const Array& b, F f) {
    if (a.shape() == y.shape() && b.shape() == y.shape()) {
        return map(y, f, a, b);
    }
    if (y.size() == 0) {
        return;
    }
    const auto loops = broadcast_loops(y.shape(), a.shape(), b.shape());
    const auto [n, step_a, step_b] = loops.back();
    Real* out = y.data();
    for_each_row(loops, [&, n = n, step_a = step_a, step_b = step_b](std::size_t i, std::size_t j) {
        const Real* p = a.data() + i;
        const Real* q = b.data() + j;
        if (step_a == 0) {
            map(
                n, out, [f, c = Batch(*p)](Batch v) { return f(c, v); }, q);
        } else if (step_b == 0) {
            map(
                n, out, [f, c = Batch(*q)](Batch v) { return f(v, c); }, p);
        } else {
            map(n, out, f, p, q);
        }
        out += n;
    });
}

}  // namespace xtape
