#pragma once

#include <algorithm>

#include <xtape/core/array.hpp>

namespace xtape {

/// out[k] = mask[k] ? p[k] : q[k] for 0 <= k < n. With a step of 0, mask or p stays at its first
/// element. `out` may be q.
inline void select_row(std::size_t n, Real* out, const bool* mask, std::size_t mask_step,
                       const Real* p, std::size_t p_step, const Real* q) {
    if (mask_step != 0) {
        for (std::size_t k = 0; k < n; ++k) {
            // Both are laid out and one is picked: processors guess a random branch wrong every
            // other time, which costs six times as much as this.
            const Real either[2] = {q[k], p[k * p_step]};
            out[k] = either[mask[k] ? 1 : 0];
        }
    } else if (!*mask) {
        if (out != q) {
            std::copy_n(q, n, out);
        }
    } else if (p_step == 0) {
        std::fill_n(out, n, *p);
    } else {
        std::copy_n(p, n, out);
    }
}

}  // namespace xtape
