#pragma once

// The operators: one include and one formula per line. g is dL/dy, and ' transposes.

// Element by element; + - * / broadcast as NumPy does.
#include <xtape/ops/arithmetic.hpp>  // a + b, a - b, a b, a / b, -x, c x, x + c
#include <xtape/ops/dropout.hpp>     // x / (1 - p) with probability 1 - p, else 0
#include <xtape/ops/exp.hpp>         // e^x, log x, log(1 + x)
#include <xtape/ops/extremum.hpp>    // max(a, b), min(a, b), the largest along an axis
#include <xtape/ops/gelu.hpp>        // x P(X <= x) for a normal X, exactly and by tanh; x sigmoid x
#include <xtape/ops/gru_gates.hpp>   // (1 - z) n + z h, by the gates of a recurrent unit
#include <xtape/ops/masked_fill.hpp>    // value where the mask is true, x elsewhere
#include <xtape/ops/power.hpp>          // x^2, sqrt x, 1 / sqrt x, 1 / x, x^p
#include <xtape/ops/relu.hpp>           // max(x, 0), its leaky cousin, |x|, clamp(x, low, high)
#include <xtape/ops/tanh.hpp>           // tanh x, sigmoid x, log(1 + e^x), log sigmoid x, erf x
#include <xtape/ops/trigonometric.hpp>  // sin x, cos x
#include <xtape/ops/where.hpp>          // a where the mask is true, b elsewhere

// Sums, and what is each other's gradient.
#include <xtape/ops/broadcast.hpp>   // repeats along axes; sums over the repeated ones
#include <xtape/ops/concat.hpp>      // x_1, x_2, ... one after the other
#include <xtape/ops/embedding.hpp>   // y[i] = table[k_i]; y[k_i] += x[i]
#include <xtape/ops/gather.hpp>      // y[i] = x[i, k_i]; y[i, k_i] += x[i]
#include <xtape/ops/reduce_sum.hpp>  // sum_i x_i over axes, and the mean
#include <xtape/ops/slice.hpp>       // y[i] = x[start + i step]; zeros around x

// The same numbers in another order or shape.
#include <xtape/ops/permute.hpp>  // y[j, i] = x[i, j]; y[i] = x[n - 1 - i]
#include <xtape/ops/reshape.hpp>  // y in row-major order as x

// Products.
#include <xtape/ops/gru_states.hpp>  // h_t = gru_gates(a_t, h_(t-1) W + c, h_(t-1)), t = 1, 2...
#include <xtape/ops/heads.hpp>   // q k' and p v, by heads of sequences that stand in rows
#include <xtape/ops/matmul.hpp>  // a b, a' b, a b', a' b'

// Rows.
#include <xtape/ops/layer_norm.hpp>   // gain (x - mean) / sqrt(variance + eps) + bias
#include <xtape/ops/log_softmax.hpp>  // x_j - log sum_k e^x_k, and the log of the sum
#include <xtape/ops/norm.hpp>         // sqrt(sum_i x_i^2)
#include <xtape/ops/product.hpp>      // x_1 x_2 ... x_n
#include <xtape/ops/softmax.hpp>      // e^x_j / sum_k e^x_k, also of the first numbers of a row
#include <xtape/ops/variance.hpp>     // mean (x - mean)^2
