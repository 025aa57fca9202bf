#pragma once

#include <xtape/core/detail/simd.hpp>

namespace xtape {

#if defined(__AVX512F__) && defined(XTAPE_SINGLE)

/// exp v, to 1.5 units in the last place; 0 where it would be smaller than the normal numbers.
///
/// xsimd's, as old as Debian 12's, has no fused multiply-add for AVX-512 and takes twice as long: half
/// of a softmax. With n = v / log 2 rounded to an integer and r = v - n log 2,
///
///     exp v = 2^n exp r,    exp r = 1 + r + r^2 P(r)    for |r| <= log(2) / 2,
///
/// where P interpolates (exp r - 1 - r) / r^2 at the five Chebyshev nodes. log 2 is subtracted in two
/// parts, the first with so few digits that n times it is exact.
inline Batch exponential(Batch v) {
    const auto all = [](float c) { return _mm512_set1_ps(c); };
    const __m512 x = _mm512_min_ps(all(89), v);  // beyond is inf; of nan, the second operand
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, all(1.44269504F)), 0);
    __m512 r = _mm512_fnmadd_ps(n, all(0.693359375F), x);
    r = _mm512_fnmadd_ps(n, all(-2.12194440e-4F), r);
    __m512 p = _mm512_fmadd_ps(all(1.39261759e-3F), r, all(8.36317334e-3F));
    p = _mm512_fmadd_ps(p, r, all(4.16665561e-2F));
    p = _mm512_fmadd_ps(p, r, all(1.66665778e-1F));
    p = _mm512_fmadd_ps(p, r, all(0.5F));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, all(1)));
    const __mmask16 is_normal = _mm512_cmp_ps_mask(x, all(-87.3F), _CMP_NLT_UQ);
    return _mm512_maskz_scalef_ps(is_normal, p, n);
}

#else

inline Batch exponential(Batch v) {
    return xsimd::exp(v);
}

#endif

}  // namespace xtape
