#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "../team.hpp"

namespace criterion_bench {

/// Label-smoothed cross entropy from logits with its gradient, fused by hand: what a composition of
/// operators is measured against. It knows this one loss and nothing else.
struct FusedRows {
    const float* logits;  // [rows, classes]
    const std::int64_t* target;
    float* gradient;  // [rows, classes]; the logits themselves, too
    std::size_t rows, classes;
    double smoothing;
    std::int64_t ignore_index;
    bool past_the_cache;  // write the gradient straight to memory, for later
};

/// Returns the loss, summed, of these rows by the best instructions that this machine has.
double fused_criterion(const FusedRows& rows);

/// The rows are split over the team; a gradient that no cache would hold is written past it.
double fused_criterion(const FusedRows& rows, Team& team);

/// The best instructions that this machine has.
std::string fused_instructions();

}  // namespace criterion_bench
