#pragma once

#include <xtape/core/detail/simd.hpp>

namespace xtape {

/// f of each number in a batch, for functions that only the standard library computes well enough.
template <class F>
Batch lanewise(F f, const Batch& v) {
    Real lanes[Batch::size];
    v.store_unaligned(lanes);
    for (Real& lane : lanes) {
        lane = f(lane);
    }
    return load_batch(lanes);
}

}  // namespace xtape
