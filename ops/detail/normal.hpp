#pragma once

#include <cmath>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/ops/detail/lanewise.hpp>

namespace xtape {

/// The normal distribution at a point v: P(X <= v), which keeps its digits far below 0, and the density
/// e^(-v^2 / 2) / sqrt(2 pi).
struct Normal {
    Batch below, density;
};

constexpr auto normal_peak = Real(0.39894228040143268);  // 1 / sqrt(2 pi)

#if defined(XTAPE_SINGLE)

/// To 4 units in the last place; 0 where e^(-v^2 / 2) would be smaller than the normal numbers.
///
/// With z = |v|, the tail is P(X > z) = density(z) M(z). Mills' ratio M falls slowly, at last as 1 / z
/// does, and so
///
///     M(z) = t Q(t)    with t = 1 / (1 + z / 3.75),
///
/// where Q interpolates M(z) / t at nine Chebyshev nodes for 0 <= z <= 13.25. With z^2 = s + lost, s being
/// the rounded square, e^(-z^2 / 2) = e^(-s / 2) (1 - lost / 2). Processors that do not fuse find nothing
/// lost, and keep 5 digits at 13.
inline Normal normal_at(const Batch& v) {
    const Batch size = abs(v);
    const Batch z = select(size > 20, Batch(20), size);  // inf - inf would be nan
    const Batch s = z * z;
    const Batch lost = fused(z, z, -s);
    const Batch density = exponential(s * -0.5F) * fused(lost, -0.5F * normal_peak, normal_peak);
    const Batch t = 1 / fused(z, 1 / 3.75F, 1);
    Batch q(7.6885640e-2F);
    for (const float coefficient : {-3.5213942e-1F, 5.1606127e-1F, -2.6319528e-1F, 3.2794737e-1F,
                                    1.5794447e-1F, 2.5747148e-1F, 2.6562379e-1F, 2.6671484e-1F}) {
        q = fused(q, t, coefficient);
    }
    const Batch tail = density * (t * q);
    return {select(v < 0, tail, 1 - tail), density};
}

#else

/// xsimd's own erfc loses 14 bits near 2.2.
inline Normal normal_at(const Batch& v) {
    return {lanewise([](Real lane) { return std::erfc(lane) / 2; }, v * -std::sqrt(0.5)),
            exponential(v * v * -0.5) * normal_peak};
}

#endif

}  // namespace xtape
