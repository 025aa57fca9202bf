#pragma once

#include <cstddef>

namespace xtape::memory {

// Blocks come in classes of 16, 32, 48, ..., 256 bytes, and from there a quarter of a power of two
// apart: 320, 384, 448, 512, 640...

constexpr std::size_t step = 16;    // of small classes, and the alignment of all
constexpr std::size_t steps = 256;  // up to which they are a step apart
constexpr std::size_t class_count = steps / step + 4 * 55;

/// The class of a block of so many bytes.
constexpr std::size_t class_of(std::size_t bytes) {
    if (bytes <= steps) {
        return bytes == 0 ? 0 : (bytes - 1) / step;
    }
    const auto octave = static_cast<std::size_t>(63 - __builtin_clzll(bytes - 1));
    const std::size_t base = std::size_t{1} << octave;  // base < bytes <= 2 base
    return steps / step + 4 * (octave - 8) + (bytes - 1 - base) / (base / 4);
}

/// How large the blocks of class k are.
constexpr std::size_t size_of(std::size_t k) {
    if (k < steps / step) {
        return (k + 1) * step;
    }
    const std::size_t above = k - steps / step;
    const std::size_t base = steps << (above / 4);
    return base + base / 4 * (above % 4 + 1);
}

}  // namespace xtape::memory
