#include <xtape/ops/detail/permuted.hpp>

#include <algorithm>

#include <xtape/core/detail/simd.hpp>
#include <xtape/ops/detail/loops.hpp>

namespace xtape {

namespace {

enum : std::size_t { in_x, in_y };

/// The loops over y from its last axis to its first.
Loops<2> loops_over(const Shape& x, const std::vector<std::size_t>& order) {
    Shape stride(x.size(), 1);
    for (std::size_t k = x.size(); k-- > 1;) {
        stride[k - 1] = stride[k] * x[k];
    }
    Loops<2> loops;
    std::size_t stride_of_y = 1;
    for (std::size_t k = order.size(); k-- > 0;) {
        put_around(loops, Loop<2>{x[order[k]], {stride[order[k]], stride_of_y}});
        stride_of_y *= x[order[k]];
    }
    return loops;
}

/// y[j, i] = x[i, j], where i runs over `rows`, along which y has no gaps, and j over `columns`,
/// along which x has none. In blocks, so that the cache lines that one column of x touches are
/// still there for the next.
void transpose_copy(const Real* x, const Loop<2>& rows, const Loop<2>& columns, Real* y) {
    constexpr std::size_t block = 32;
    for (std::size_t i0 = 0; i0 < rows.extent; i0 += block) {
        const std::size_t i1 = std::min(i0 + block, rows.extent);
        for (std::size_t j0 = 0; j0 < columns.extent; j0 += block) {
            const std::size_t j1 = std::min(j0 + block, columns.extent);
            for (std::size_t j = j0; j < j1; ++j) {
                for (std::size_t i = i0; i < i1; ++i) {
                    y[j * columns.step[in_y] + i] = x[i * rows.step[in_x] + j];
                }
            }
        }
    }
}

Loop<2> take_out(Loops<2>& loops, Loops<2>::iterator at) {
    const Loop<2> loop = *at;
    loops.erase(at);
    return loop;
}

}  // namespace

Array permuted(const Array& x, const std::vector<std::size_t>& order) {
    Shape shape(order.size());
    std::transform(order.begin(), order.end(), shape.begin(),
                   [&](std::size_t axis) { return x.shape()[axis]; });
    Array y = Array::from_shape(shape);
    Loops<2> loops = loops_over(x.shape(), order);
    if (x.size() == 0 || loops.size() < 2) {  // the numbers stay in their order
        std::copy_n(x.data(), x.size(), y.data());
        return y;
    }
    const Loop<2> rows = take_out(loops, loops.begin());
    if (rows.step[in_x] == 1) {  // runs of x stay runs in y
        run(loops, [n = rows.extent, in = x.data(), out = y.data()](const auto& place) {
            copy_run(in + place[in_x], n, out + place[in_y]);
        });
        return y;
    }
    const Loop<2> columns =
        take_out(loops, std::find_if(loops.begin(), loops.end(),
                                     [](const Loop<2>& loop) { return loop.step[in_x] == 1; }));
    run(loops, [&](const auto& place) {
        transpose_copy(x.data() + place[in_x], rows, columns, y.data() + place[in_y]);
    });
    return y;
}

}  // namespace xtape
