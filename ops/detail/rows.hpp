#pragma once

#include <algorithm>
#include <limits>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/variable.hpp>

namespace xtape {

/// y row by row, where a row is `n` neighbouring numbers: f(i, x_i, y_i) reads row i of x and
/// writes row i of y. In the buffer of x where nobody else can see it; then x_i and y_i are the
/// same.
template <class F>
Array map_rows(Variable& x, std::size_t n, F f) {
    const bool in_place = x.is_unique();
    Array y = in_place ? reuse_or_copy(x) : Array::from_shape(x.shape());
    const Real* from = in_place ? y.data() : x.value().data();
    for (std::size_t i = 0, at = 0; at < y.size(); ++i, at += n) {
        f(i, from + at, y.data() + at);
    }
    return y;
}

/// The largest of the n numbers at x, to be taken out before exp. It may overlook a NaN: the sum
/// that follows does not.
inline Real peak(std::size_t n, const Real* x) {
    const auto itself = [](Batch v) { return v; };
    const auto larger = [](auto a, auto b) {
        using std::max;
        return max(a, b);
    };
    return fold(n, -std::numeric_limits<Real>::infinity(), larger, itself, x);
}

/// sum_k x_k
inline double total(std::size_t n, const Real* x) {
    const auto itself = [](Batch v) { return v; };
    return sum(n, itself, x);
}

/// sum_k a_k b_k
inline double total_product(std::size_t n, const Real* a, const Real* b) {
    const auto product = [](Batch v, Batch w) { return v * w; };
    return sum(n, product, a, b);
}

}  // namespace xtape
