#pragma once

#include <algorithm>
#include <cstddef>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <xtape/core/array.hpp>

// Copies between a large array in memory and a few rows of it that are worked on in the cache.

namespace xtape {

/// out = in, from memory into the cache. The processor foresees a stream that goes on, but not one
/// that is left after every few rows: so it is told what comes, a kilobyte ahead.
inline void copy_in(const Real* in, std::size_t n, Real* out) {
    constexpr std::size_t line = 64 / sizeof(Real);
    constexpr std::size_t ahead = 1024 / sizeof(Real);
    std::size_t i = 0;
    for (; i + line <= n; i += line) {
#if defined(__GNUC__)
        __builtin_prefetch(in + i + ahead);
#endif
        std::copy_n(in + i, line, out + i);
    }
    std::copy_n(in + i, n - i, out + i);
}

/// out = in, from the cache into memory, past the caches: they neither fetch what is overwritten nor
/// give up for it what is needed again.
inline void copy_past_cache(const Real* in, std::size_t n, Real* out) {
#if defined(__SSE2__)
    constexpr std::size_t step = 16;
    const auto* from = reinterpret_cast<const char*>(in);
    auto* to = reinterpret_cast<char*>(out);
    const std::size_t bytes = n * sizeof(Real);
    const std::size_t head =
        std::min(bytes, (step - reinterpret_cast<std::size_t>(to) % step) % step);
    std::copy_n(from, head, to);
    std::size_t i = head;
    for (; i + step <= bytes; i += step) {
        const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
        _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), part);
    }
    std::copy_n(from + i, bytes - i, to + i);
    _mm_sfence();  // or other threads could miss some of it
#else
    std::copy_n(in, n, out);
#endif
}

}  // namespace xtape
