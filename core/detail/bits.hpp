#pragma once

#include <cstring>

#include <xtape/core/array.hpp>

namespace xtape {

/// Whether shapes and all bits agree.
inline bool same_bits(const Array& a, const Array& b) {
    return a.shape() == b.shape() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0);
}

}  // namespace xtape
