#include <xtape/core/detail/philox.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

#include <Random123/philox.h>
#include <xsimd/xsimd.hpp>

namespace xtape {

Philox::Block Philox::block(std::uint64_t position) const {
    const r123::Philox4x32::ctr_type counter = {
        {low_word(position), high_word(position), low_word(stream), high_word(stream)}};
    const r123::Philox4x32::key_type key = {{low_word(seed), high_word(seed)}};
    const auto words = r123::Philox4x32()(counter, key);
    return {words[0], words[1], words[2], words[3]};
}

// SSE2, AVX2 and AVX-512 multiply words in lanes of 64 bits, AVX alone has no integers.
#if defined(__AVX2__) || (defined(__SSE2__) && !defined(__AVX__))

namespace {

/// A word of several blocks: the lower half of each lane. What is in the upper halves nobody reads.
using Lanes = xsimd::batch<std::uint64_t>;

/// Of 64 bits; its upper word is a shift away.
Lanes product(const Lanes& a, const Lanes& b) {
#if defined(__AVX512F__)
    return _mm512_mul_epu32(a, b);
#elif defined(__AVX2__)
    return _mm256_mul_epu32(a, b);
#else
    return _mm_mul_epu32(a, b);
#endif
}

struct LaneBlocks {
    Lanes c0, c1, c2, c3;
};

/// The ten rounds of two products that Random123 has, for a block in each lane.
LaneBlocks ten_rounds(LaneBlocks in, std::uint32_t key0, std::uint32_t key1) {
    const Lanes multiplier0(0xD2511F53U), multiplier1(0xCD9E8D57U);
    for (int round = 0; round < 10; ++round) {
        const Lanes a = product(multiplier0, in.c0), b = product(multiplier1, in.c2);
        in = {(b >> 32) ^ in.c1 ^ Lanes(key0), b, (a >> 32) ^ in.c3 ^ Lanes(key1), a};
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    return in;
}

/// Two words side by side, as they stand in memory.
Lanes pairs(const Lanes& first, const Lanes& second) {
    return (first & Lanes(0xFFFFFFFFU)) | (second << 32);
}

}  // namespace

Philox::Run Philox::run(std::uint64_t position) const {
    constexpr std::size_t blocks = std::tuple_size_v<Run> / 4;
    std::uint64_t positions[blocks], front[blocks], back[blocks];
    std::iota(positions, positions + blocks, position);
    for (std::size_t i = 0; i < blocks; i += Lanes::size) {
        const Lanes at = Lanes::load_unaligned(positions + i);
        const LaneBlocks out = ten_rounds({at, at >> 32, Lanes(stream), Lanes(stream >> 32)},
                                          low_word(seed), high_word(seed));
        pairs(out.c0, out.c1).store_unaligned(front + i);
        pairs(out.c2, out.c3).store_unaligned(back + i);
    }
    Run words;
    for (std::size_t i = 0; i < blocks; ++i) {
        std::memcpy(&words[4 * i], &front[i], sizeof front[i]);
        std::memcpy(&words[4 * i + 2], &back[i], sizeof back[i]);
    }
    return words;
}

#else

Philox::Run Philox::run(std::uint64_t position) const {
    Run words;
    for (std::size_t i = 0; i < words.size(); i += 4) {
        const Block four = block(position + i / 4);
        std::copy(four.begin(), four.end(), words.begin() + i);
    }
    return words;
}

#endif

}  // namespace xtape
