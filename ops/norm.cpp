#include <xtape/ops/norm.hpp>

#include <algorithm>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

Mask zeros_of(const Array& x) {
    Mask mask = Mask::from_shape(x.shape());
    std::transform(x.data(), x.data() + x.size(), mask.data(), [](Real v) { return v == 0; });
    return mask;
}

}  // namespace

// y = sqrt s with s = sum_k x_k^2: dL/dx_k = g x_k / y. At y = 0 that is 0 / 0, so sqrt must not
// see an s of 0: it gets a 1 instead, and its result is filled back. A fill takes no gradient.
Variable norm(const Variable& x, std::ptrdiff_t axis, bool keep) {
    normalise_axis("norm", axis, x.shape());
    const Variable squares = reduce_sum(square(x), {axis}, keep);
    const Mask zero = zeros_of(squares.value());
    return masked_fill(sqrt(masked_fill(squares, zero, 1)), zero, 0);
}

}  // namespace xtape
