// Compiled for AVX2 and FMA; called only where there are these.

#include <immintrin.h>

#include "exp2.hpp"
#include "sweep.hpp"
#include "variants.hpp"

namespace criterion_bench {
namespace {

struct Avx2 {
    using Vector = __m256;
    static constexpr std::size_t width = 8;

    static Vector all(float x) { return _mm256_set1_ps(x); }
    static Vector load(const float* p) { return _mm256_loadu_ps(p); }
    static Vector load_part(const float* p, std::size_t n, float otherwise) {
        const __m256i mask = first(n);
        return _mm256_blendv_ps(all(otherwise), _mm256_maskload_ps(p, mask),
                                _mm256_castsi256_ps(mask));
    }
    static void store(float* p, Vector x) { _mm256_storeu_ps(p, x); }
    static void store_part(float* p, std::size_t n, Vector x) {
        _mm256_maskstore_ps(p, first(n), x);
    }
    static void stream(float* p, Vector x) { _mm256_stream_ps(p, x); }
    static void finish_streams() { _mm_sfence(); }
    static void prefetch(const float* p) {
        _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
    }

    static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
    static Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static float sum(Vector x) {
        alignas(32) float parts[width];
        _mm256_store_ps(parts, x);
        return ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
               ((parts[4] + parts[5]) + (parts[6] + parts[7]));
    }
    static float largest(Vector x) {
        alignas(32) float parts[width];
        _mm256_store_ps(parts, x);
        return *std::max_element(parts, parts + width);
    }

    // The exponent's bits are put together by hand, so it must not leave its range. Above, the sweep
    // sees to that.
    static Vector exp2(Vector x) {
        x = _mm256_max_ps(x, all(-126));
        const Vector whole = _mm256_floor_ps(x);
        const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127));
        const Vector power = _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
        return _mm256_mul_ps(exp2_of_fraction<Avx2>(_mm256_sub_ps(x, whole)), power);
    }

private:
    static __m256i first(std::size_t n) {
        const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), places);
    }
};

}  // namespace

double fused_avx2(const FusedRows& rows, float* scratch) {
    return Sweep<Avx2>(rows, scratch)();
}

}  // namespace criterion_bench
