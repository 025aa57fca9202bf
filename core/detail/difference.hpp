#pragma once

#include <functional>

#include <xtape/core/gradient_check.hpp>

namespace xtape {

/// sum_i w_i df_i/dx by finite differences, where `output` computes f and reads x. Every f_i is
/// differenced before weighting. x is restored, also when f throws.
double weighted_difference(const std::function<Array()>& output, Real& x, const Array& w,
                           const CheckOptions& options);

}  // namespace xtape
