#pragma once

#include "fused.hpp"

/// The same sweep for different instructions. `scratch` has room for 2 (classes + 16) numbers.
namespace criterion_bench {

double fused_avx512(const FusedRows& rows, float* scratch);
double fused_avx2(const FusedRows& rows, float* scratch);
double fused_scalar(const FusedRows& rows, float* scratch);

}  // namespace criterion_bench
