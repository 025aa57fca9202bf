#include <xtape/ops/where.hpp>

#include <memory>

#include <xtape/core/tape.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/select_row.hpp>
#include <xtape/ops/masked_fill.hpp>

namespace xtape {

namespace {

/// y = a where the mask is true; elsewhere y stays.
void overwrite(Array& y, const Mask& mask, const Array& a) {
    if (y.size() == 0) {
        return;
    }
    const auto loops = broadcast_loops(y.shape(), a.shape(), mask.shape());
    const BroadcastLoop& row = loops.back();
    Real* out = y.data();
    for_each_row(loops, [&](std::size_t i, std::size_t j) {
        select_row(row.extent, out, mask.data() + j, row.step_b, a.data() + i, row.step_a, out);
        out += row.extent;
    });
}

Array repeated(Variable b, const Shape& shape) {
    if (b.shape() == shape) {
        return reuse_or_copy(b);
    }
    Array y = Array::from_shape(shape);
    broadcast_map(y, b.value(), y, [](Batch v, Batch) { return v; });
    return y;
}

Mask inverse(Mask mask) {
    for (bool& flag : mask) {
        flag = !flag;
    }
    return mask;
}

}  // namespace

// Each element of y is one of a or one of b, and does not depend on the other:
//
//     dL/da = g where the mask is true, 0 elsewhere;    dL/db = 0 where it is true, g elsewhere,
//
// both summed over the copies that broadcasting made.
Variable where(Mask mask, Variable a, Variable b) {
    const Shape pair = broadcast_shape("where", a.shape(), b.shape());
    const Shape shape = broadcast_shape("where", mask.shape(), pair);
    const auto shared = std::make_shared<const Mask>(std::move(mask));
    Input to_a{a, [shared, from = a.shape()](Variable g) {
                   return sum_to(masked_fill(std::move(g), inverse(*shared), 0), from);
               }};
    Input to_b{b, [shared, from = b.shape()](Variable g) {
                   return sum_to(masked_fill(std::move(g), *shared, 0), from);
               }};
    Array y = repeated(std::move(b), shape);
    overwrite(y, *shared, a.value());
    return record("Where", std::move(y), std::move(to_a), std::move(to_b));
}

}  // namespace xtape
