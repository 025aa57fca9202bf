#include <xtape/ops/variance.hpp>

#include <algorithm>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

// Composed of operators that have gradients, it needs none of its own. Taking out the mean first,
// rather than mean x^2 - (mean x)^2, keeps the digits where the mean is large.
Variable variance(const Variable& x, const Axes& axes, bool unbiased, bool keep) {
    std::size_t n = 1;
    for (const std::size_t axis : normalise_axes("variance", axes, x.shape())) {
        n *= x.shape()[axis];
    }
    const std::size_t divisor = unbiased ? std::max<std::size_t>(n, 1) - 1 : n;
    const Variable squares = reduce_sum(square(x - mean(x, axes, keep_dims)), axes, keep);
    return scale(squares, 1 / static_cast<Real>(divisor));  // 0 times inf, of too few, is nan
}

}  // namespace xtape
