#include "fused.hpp"

#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "variants.hpp"

namespace criterion_bench {
namespace {

constexpr std::size_t cache_bytes = 8 << 20;
constexpr std::size_t line_bytes = 64;
constexpr std::size_t numbers_worth_a_thread = 1 << 14;

struct Variant {
    const char* name;
    bool runs_here;
    double (*sweep)(const FusedRows& rows, float* scratch);
};

std::vector<Variant> variants() {
    return {
#ifdef CRITERION_BENCH_X86
        {"AVX-512", __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"),
         fused_avx512},
        {"AVX2", __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), fused_avx2},
#endif
        {"no SIMD", true, fused_scalar}};
}

// The best that runs here, or the one that CRITERION_BENCH_SIMD names.
const Variant& variant() {
    static const Variant chosen = [] {
        const char* wanted = std::getenv("CRITERION_BENCH_SIMD");
        for (const Variant& v : variants()) {
            if (v.runs_here && (wanted == nullptr || wanted == std::string(v.name))) {
                return v;
            }
        }
        throw std::invalid_argument("CRITERION_BENCH_SIMD names nothing that runs here");
    }();
    return chosen;
}

// Instructions that write past the cache write whole lines.
bool can_go_past_the_cache(const FusedRows& rows) {
    return rows.rows * rows.classes * sizeof(float) > cache_bytes &&
           reinterpret_cast<std::uintptr_t>(rows.gradient) % line_bytes == 0 &&
           rows.classes * sizeof(float) % line_bytes == 0;
}

FusedRows part_of(const FusedRows& all, std::size_t first, std::size_t last) {
    FusedRows part = all;
    part.logits += first * all.classes;
    part.target += first;
    part.gradient += first * all.classes;
    part.rows = last - first;
    return part;
}

}  // namespace

std::string fused_instructions() {
    return variant().name;
}

double fused_criterion(const FusedRows& rows) {
    static thread_local std::vector<float> scratch;
    scratch.resize(2 * (rows.classes + line_bytes / sizeof(float)));
    return variant().sweep(rows, scratch.data());
}

double fused_criterion(const FusedRows& rows, Team& team) {
    FusedRows all = rows;
    all.past_the_cache = can_go_past_the_cache(rows);
    if (team.size() == 1 || rows.rows * rows.classes < team.size() * numbers_worth_a_thread) {
        return fused_criterion(all);
    }
    std::vector<double> losses(team.size());
    team.run([&](std::size_t thread) {
        const std::size_t first = rows.rows * thread / team.size();
        const std::size_t last = rows.rows * (thread + 1) / team.size();
        losses[thread] = fused_criterion(part_of(all, first, last));
    });
    return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace criterion_bench
