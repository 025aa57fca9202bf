#include <xtape/ops/masked_fill.hpp>

#include <memory>

#include <xtape/core/tape.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/select_row.hpp>

namespace xtape {

namespace {

/// The mask, once for an operation and its way back.
using SharedMask = std::shared_ptr<const Mask>;

/// y = value where the mask is true, x elsewhere; x may be the numbers of y.
void fill(Array& y, const Array& x, const Mask& mask, Real value) {
    if (y.size() == 0) {
        return;
    }
    const auto loops = broadcast_loops(y.shape(), x.shape(), mask.shape());
    const BroadcastLoop& row = loops.back();
    for_each_row(loops, [&](std::size_t i, std::size_t j) {
        select_row(row.extent, y.data() + i, mask.data() + j, row.step_b, &value, 0, x.data() + i);
    });
}

Variable fill_where(Variable x, const SharedMask& mask, Real value) {
    Input to_x{x, [mask](Variable g) { return fill_where(std::move(g), mask, 0); }};
    const bool in_place = x.is_unique();
    Array y = in_place ? reuse_or_copy(x) : Array::from_shape(x.shape());
    fill(y, in_place ? y : x.value(), *mask, value);
    return record({"MaskedFill", {{"value", value}}}, std::move(y), std::move(to_x));
}

}  // namespace

// Where the mask is true, y does not depend on x; elsewhere y = x. So
//
//     dL/dx = 0 where the mask is true, g elsewhere.
//
// Filled, not multiplied by 0: a nan that the mask hides must stay hidden on the way back, and
// nan times 0 is nan.
Variable masked_fill(Variable x, Mask mask, Real value) {
    const Shape shape = broadcast_shape("masked_fill", x.shape(), mask.shape());
    return fill_where(broadcast_to(std::move(x), shape),
                      std::make_shared<const Mask>(std::move(mask)), value);
}

}  // namespace xtape
