#include <xtape/ops/detail/gru_rows.hpp>

#include <algorithm>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/core/detail/simd.hpp>

namespace xtape {

void GruRows::gates(const Real* a, const Real* b, Real* gates) const {
    const auto sigmoid_of_sum = [](Batch p, Batch q) { return 1 / (1 + exponential(-(p + q))); };
    const auto candidate = [](Batch p, Batch q, Batch r) { return xsimd::tanh(p + r * q); };
    for (std::size_t i = 0; i < rows * 3 * width; i += 3 * width) {
        map(2 * width, gates + i, sigmoid_of_sum, a + i, b + i);
        map(width, gates + i + 2 * width, candidate, a + i + 2 * width, b + i + 2 * width,
            gates + i);
    }
}

void GruRows::blend(const Real* gates, const Real* h, Real* y) const {
    const auto blend = [](Batch z, Batch n, Batch old) { return n + z * (old - n); };
    for (std::size_t i = 0; i < rows; ++i) {
        const Real* const z = gates + (3 * i + 1) * width;
        map(width, y + i * width, blend, z, z + width, h + i * width);
    }
}

void GruRows::input_gradient(const Real* g, const Real* gates, const Real* b_n, std::size_t stride,
                             const Real* h, Real* da) const {
    const auto to_n = [](Batch v, Batch z, Batch n) { return v * (1 - z) * (1 - n * n); };
    const auto to_z = [](Batch v, Batch z, Batch n, Batch old) {
        return v * (old - n) * (z * (1 - z));
    };
    const auto to_r = [](Batch v, Batch r, Batch q) { return v * q * (r * (1 - r)); };
    for (std::size_t i = 0; i < rows; ++i) {
        const Real* const g_i = g + i * width;
        const Real* const r = gates + 3 * i * width;
        const Real* const z = r + width;
        const Real* const n = z + width;
        Real* const out = da + 3 * i * width;
        map(width, out + 2 * width, to_n, g_i, z, n);
        map(width, out + width, to_z, g_i, z, n, h + i * width);
        map(width, out, to_r, out + 2 * width, r, b_n + i * stride);
    }
}

void GruRows::state_gradient(const Real* da, const Real* gates, Real* db) const {
    const auto times = [](Batch v, Batch r) { return v * r; };
    if (db != da) {
        std::copy_n(da, rows * 3 * width, db);
    }
    for (std::size_t i = 0; i < rows * 3 * width; i += 3 * width) {
        map(width, db + i + 2 * width, times, db + i + 2 * width, gates + i);
    }
}

void GruRows::keep(const Real* gates, Real* g) const {
    const auto times = [](Batch v, Batch z) { return v * z; };
    for (std::size_t i = 0; i < rows; ++i) {
        map(width, g + i * width, times, g + i * width, gates + (3 * i + 1) * width);
    }
}

}  // namespace xtape
