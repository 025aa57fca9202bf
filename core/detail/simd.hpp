#pragma once

#include <algorithm>
#include <cstddef>

#include <xsimd/xsimd.hpp>

#include <xtape/core/array.hpp>

// The whole SIMD vocabulary of the library: map and fold. Functions passed to them are generic
// lambdas over xsimd::batch; the last, partial batch is padded, so that an element's result
// does not depend on where in an array it stands.
//
// Internal: included by .cpp files only, so that users need neither xsimd nor its compile flags.

namespace xtape {

using Batch = xsimd::batch<Real>;

inline Batch load_batch(const Real* p) {
    return Batch::load_unaligned(p);
}

// What follows is for the last numbers of a row, fewer than a batch. AVX-512 has masks for them.
#if defined(__AVX512F__) && defined(XTAPE_SINGLE)
inline __mmask16 first_lanes(std::size_t count) {
    return static_cast<__mmask16>((1U << count) - 1);
}
inline Batch load_partial(const Real* p, std::size_t count) {
    return _mm512_maskz_loadu_ps(first_lanes(count), p);
}
inline void store_partial(Batch v, Real* p, std::size_t count) {
    _mm512_mask_storeu_ps(p, first_lanes(count), v);
}
inline Batch first_of(Batch v, std::size_t count, Batch others) {
    return _mm512_mask_mov_ps(others, first_lanes(count), v);
}
#elif defined(__AVX512F__)
inline __mmask8 first_lanes(std::size_t count) {
    return static_cast<__mmask8>((1U << count) - 1);
}
inline Batch load_partial(const Real* p, std::size_t count) {
    return _mm512_maskz_loadu_pd(first_lanes(count), p);
}
inline void store_partial(Batch v, Real* p, std::size_t count) {
    _mm512_mask_storeu_pd(p, first_lanes(count), v);
}
inline Batch first_of(Batch v, std::size_t count, Batch others) {
    return _mm512_mask_mov_pd(others, first_lanes(count), v);
}
#else
/// The first `count` numbers at p, then zeros.
inline Batch load_partial(const Real* p, std::size_t count) {
    Real padded[Batch::size] = {};
    std::copy_n(p, count, padded);
    return load_batch(padded);
}
/// Stores the first `count` numbers.
inline void store_partial(Batch v, Real* p, std::size_t count) {
    Real padded[Batch::size];
    v.store_unaligned(padded);
    std::copy_n(padded, count, p);
}
/// The first `count` numbers of v, then those of `others`.
inline Batch first_of(Batch v, std::size_t count, Batch others) {
    Real mixed[Batch::size];
    others.store_unaligned(mixed);
    store_partial(v, mixed, count);
    return load_batch(mixed);
}
#endif

/// a b + c, rounded once where the processor can. (xsimd as old as Debian 12's cannot for AVX-512.)
inline Batch fused(const Batch& a, const Batch& b, const Batch& c) {
#if defined(__AVX512F__) && defined(XTAPE_SINGLE)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX512F__)
    return _mm512_fmadd_pd(a, b, c);
#else
    return xsimd::fma(a, b, c);
#endif
}

/// out[i] = f(in[i]...) for 0 <= i < n. `out` may be one of the inputs.
template <class F, class... In>
void map(std::size_t n, Real* out, F f, const In*... in) {
    std::size_t i = 0;
    for (; i + Batch::size <= n; i += Batch::size) {
        f(load_batch(in + i)...).store_unaligned(out + i);
    }
    if (i < n) {
        store_partial(f(load_partial(in + i, n - i)...), out + i, n - i);
    }
}

/// out = in, for runs of a few hundred numbers at most: a call of memcpy takes longer.
inline void copy_run(const Real* in, std::size_t n, Real* out) {
    map(
        n, out, [](Batch v) { return v; }, in);
}

/// The same for arrays of one shape.
template <class F, class... In>
void map(Array& out, F f, const In&... in) {
    map(out.size(), out.data(), f, in.data()...);
}

/// The numbers f(in[i]...) joined by `op`, of which `start` is the neutral element, in an order that
/// depends on n alone. Four accumulators hide the latency of `op` and shorten the chains along which
/// rounding adds up.
template <class Op, class F, class... In>
Real fold(std::size_t n, Real start, Op op, F f, const In*... in) {
    constexpr std::size_t width = Batch::size;
    Batch joined[4] = {Batch(start), Batch(start), Batch(start), Batch(start)};
    std::size_t i = 0;
    for (; i + 4 * width <= n; i += 4 * width) {
        for (std::size_t k = 0; k < 4; ++k) {
            joined[k] = op(joined[k], f(load_batch(in + i + k * width)...));
        }
    }
    for (; i + width <= n; i += width) {
        joined[0] = op(joined[0], f(load_batch(in + i)...));
    }
    if (i < n) {
        const Batch rest = f(load_partial(in + i, n - i)...);
        joined[1] = op(joined[1], first_of(rest, n - i, Batch(start)));
    }
    Real lanes[width];
    op(op(joined[0], joined[1]), op(joined[2], joined[3])).store_unaligned(lanes);
    for (std::size_t half = width / 2; half > 0; half /= 2) {
        for (std::size_t k = 0; k < half; ++k) {
            lanes[k] = op(lanes[k], lanes[k + half]);
        }
    }
    return lanes[0];
}

/// sum_i f(in[i]...). Chunks are added up in double: adding a hundred million floats one after the
/// other stops at 2^24.
template <class F, class... In>
double sum(std::size_t n, F f, const In*... in) {
    constexpr std::size_t chunk = 4096;
    const auto add = [](auto a, auto b) { return a + b; };
    double total = 0;
    for (std::size_t i = 0; i < n; i += chunk) {
        total += double{fold(std::min(chunk, n - i), Real(0), add, f, (in + i)...)};
    }
    return total;
}

}  // namespace xtape
