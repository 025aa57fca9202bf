// For any machine, a number at a time.

#include "sweep.hpp"
#include "variants.hpp"

namespace criterion_bench {
namespace {

struct Scalar {
    using Vector = float;
    static constexpr std::size_t width = 1;

    static Vector all(float x) { return x; }
    static Vector load(const float* p) { return *p; }
    static Vector load_part(const float*, std::size_t, float otherwise) { return otherwise; }
    static void store(float* p, Vector x) { *p = x; }
    static void store_part(float*, std::size_t, Vector) {}
    static void stream(float* p, Vector x) { *p = x; }
    static void finish_streams() {}
    static void prefetch(const float*) {}

    static Vector add(Vector a, Vector b) { return a + b; }
    static Vector max(Vector a, Vector b) { return std::max(a, b); }
    static Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
    static float sum(Vector x) { return x; }
    static float largest(Vector x) { return x; }
    static Vector exp2(Vector x) { return std::exp2(x); }
};

}  // namespace

double fused_scalar(const FusedRows& rows, float* scratch) {
    return Sweep<Scalar>(rows, scratch)();
}

}  // namespace criterion_bench
