#pragma once

#include "verdict.hpp"

namespace oracle {

/// Judges one case of a group. `group` is the whole file, for what its cases share.
using Check = void (*)(const Json& one, const Json& group, Verdict& verdict);

void check_operator(const Json& one, const Json& group, Verdict& verdict);
void check_program(const Json& one, const Json& group, Verdict& verdict);
void check_composite(const Json& one, const Json& group, Verdict& verdict);
void check_criterion(const Json& one, const Json& group, Verdict& verdict);
void check_scaled_criterion(const Json& one, const Json& group, Verdict& verdict);
void check_cross_entropy(const Json& one, const Json& group, Verdict& verdict);
void check_training(const Json& one, const Json& group, Verdict& verdict);
void check_error(const Json& one, const Json& group, Verdict& verdict);

struct Group {
    const char* name;  // of the file, without .json
    Check check;
};

inline constexpr Group groups[] = {
    {"ops_elementwise", check_operator},
    {"ops_broadcast", check_operator},
    {"ops_reduce", check_operator},
    {"ops_index", check_operator},
    {"ops_matmul", check_operator},
    {"conventions", check_operator},
    {"graph_programs", check_program},
    {"composites", check_composite},
    {"criterion_seed", check_criterion},
    {"criterion_seed_threeway", check_criterion},
    {"criterion_vm1", check_criterion},
    {"criterion_nonfinite", check_criterion},
    {"criterion_f32_and_large", check_scaled_criterion},
    {"torch_cross_entropy", check_cross_entropy},
    {"trainer", check_training},
    {"errors", check_error},
};

}  // namespace oracle
