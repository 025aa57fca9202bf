// Compiled for AVX-512; called only where there is that.

#include <immintrin.h>

#include "exp2.hpp"
#include "sweep.hpp"
#include "variants.hpp"

namespace criterion_bench {
namespace {

struct Avx512 {
    using Vector = __m512;
    static constexpr std::size_t width = 16;

    static Vector all(float x) { return _mm512_set1_ps(x); }
    static Vector load(const float* p) { return _mm512_loadu_ps(p); }
    static Vector load_part(const float* p, std::size_t n, float otherwise) {
        return _mm512_mask_loadu_ps(all(otherwise), first(n), p);
    }
    static void store(float* p, Vector x) { _mm512_storeu_ps(p, x); }
    static void store_part(float* p, std::size_t n, Vector x) {
        _mm512_mask_storeu_ps(p, first(n), x);
    }
    static void stream(float* p, Vector x) { _mm512_stream_ps(p, x); }
    static void finish_streams() { _mm_sfence(); }
    static void prefetch(const float* p) {
        _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
    }

    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
    static Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static float sum(Vector x) { return _mm512_reduce_add_ps(x); }
    static float largest(Vector x) { return _mm512_reduce_max_ps(x); }

    // scalef takes the whole part of x itself.
    static Vector exp2(Vector x) {
        const Vector fraction = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
        return _mm512_scalef_ps(exp2_of_fraction<Avx512>(fraction), x);
    }

private:
    static __mmask16 first(std::size_t n) { return static_cast<__mmask16>((1U << n) - 1); }
};

}  // namespace

double fused_avx512(const FusedRows& rows, float* scratch) {
    return Sweep<Avx512>(rows, scratch)();
}

}  // namespace criterion_bench
