#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace xtape {

inline std::uint32_t low_word(std::uint64_t x) {
    return static_cast<std::uint32_t>(x);
}
inline std::uint32_t high_word(std::uint64_t x) {
    return static_cast<std::uint32_t>(x >> 32);
}

/// Philox 4x32-10 makes a block of four random words out of a counter of four words, here a position
/// and the stream that it is in, and a key of two, the seed.
struct Philox {
    std::uint64_t seed, stream;

    using Block = std::array<std::uint32_t, 4>;
    Block block(std::uint64_t position) const;

    /// The words of 64 blocks, from `position` on, in a third of their time.
    using Run = std::array<std::uint32_t, 256>;
    Run run(std::uint64_t position) const;
};

}  // namespace xtape
