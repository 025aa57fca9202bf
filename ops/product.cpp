#include <xtape/ops/product.hpp>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/slice.hpp>

namespace xtape {

// dy/dx_k is the product of all others, which y / x_k is not where x_k = 0. So one half is
// multiplied by the other until a single factor is left, in log n steps: a b has the gradients g b
// and g a, which divide by nothing, and the chain rule puts the product of the others together.
Variable product(const Variable& x, std::ptrdiff_t axis, bool keep) {
    const std::size_t k = normalise_axis("product", axis, x.shape());
    auto n = static_cast<std::ptrdiff_t>(x.shape()[k]);
    if (n == 0) {
        return shift(reduce_sum(x, {axis}, keep), 1);
    }
    Variable y = x;
    for (; n > 1; n = (n + 1) / 2) {
        const std::ptrdiff_t half = n / 2;
        const Variable pairs = slice(y, axis, 0, half) * slice(y, axis, half, 2 * half);
        y = n % 2 == 0 ? pairs : concat({pairs, slice(y, axis, n - 1, n)}, axis);
    }
    return keep ? y : squeeze(y, axis);
}

}  // namespace xtape
