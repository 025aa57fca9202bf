#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include <xtape/core/random.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/gru_states.hpp>
#include <xtape/ops/heads.hpp>
#include <xtape/ops/matmul.hpp>

#include "tests/dual/array.hpp"

// Every operator once more, straight from its definition: loops over places, and no derivative of
// its own but those of the elementary functions. They take what the operators take, under the same
// names, so that one expression serves both.

namespace xtape::dual {

// Element by element.
DualArray operator+(const DualArray& a, const DualArray& b);
DualArray operator-(const DualArray& a, const DualArray& b);
DualArray operator*(const DualArray& a, const DualArray& b);
DualArray operator/(const DualArray& a, const DualArray& b);
DualArray operator-(const DualArray& x);
DualArray scale(const DualArray& x, Real c);
DualArray shift(const DualArray& x, Real c);
DualArray exp(const DualArray& x);
DualArray log(const DualArray& x);
DualArray log1p(const DualArray& x);
DualArray square(const DualArray& x);
DualArray sqrt(const DualArray& x);
DualArray rsqrt(const DualArray& x);
DualArray reciprocal(const DualArray& x);
DualArray pow(const DualArray& x, Real p);
DualArray sin(const DualArray& x);
DualArray cos(const DualArray& x);
DualArray tanh(const DualArray& x);
DualArray sigmoid(const DualArray& x);
DualArray softplus(const DualArray& x);
DualArray log_sigmoid(const DualArray& x);
DualArray erf(const DualArray& x);
DualArray gelu(const DualArray& x);
DualArray gelu_tanh(const DualArray& x);
DualArray silu(const DualArray& x);
DualArray relu(const DualArray& x);
DualArray leaky_relu(const DualArray& x, Real slope = Real(0.01));
DualArray abs(const DualArray& x);
DualArray clamp(const DualArray& x, Real low, Real high);
DualArray maximum(const DualArray& a, const DualArray& b);
DualArray minimum(const DualArray& a, const DualArray& b);
DualArray gru_gates(const DualArray& a, const DualArray& b, const DualArray& h);
DualArray gru_states(const DualArray& a, const DualArray& initial, const DualArray& weight,
                     const DualArray& bias, const std::vector<std::size_t>& rows,
                     Direction direction);
DualArray masked_fill(const DualArray& x, const Mask& mask, Real value);
DualArray where(Mask mask, DualArray a, DualArray b);
DualArray dropout(const DualArray& x, double p, Random& random);

// The same numbers at other places.
DualArray broadcast_to(const DualArray& x, const Shape& shape);
DualArray sum_to(const DualArray& x, const Shape& shape);
DualArray reshape(const DualArray& x, const Shape& shape);
DualArray reshape(const DualArray& x, std::initializer_list<std::ptrdiff_t> shape);
DualArray unsqueeze(const DualArray& x, std::ptrdiff_t axis);
DualArray squeeze(const DualArray& x, std::ptrdiff_t axis);
DualArray permute(const DualArray& x, const Axes& axes);
DualArray transpose(const DualArray& x, std::ptrdiff_t axis0 = -2, std::ptrdiff_t axis1 = -1);
DualArray flip(const DualArray& x, const Axes& axes);
DualArray slice(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t start,
                std::optional<std::ptrdiff_t> stop = {}, std::ptrdiff_t step = 1);
DualArray pad(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t before, std::ptrdiff_t after);
DualArray select(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t index);
DualArray concat(const std::vector<DualArray>& parts, std::ptrdiff_t axis);
DualArray gather(const DualArray& x, std::ptrdiff_t axis, const Index& index);
DualArray scatter_add(const DualArray& x, std::ptrdiff_t axis, const Index& index,
                      const Shape& shape);
DualArray embedding(const DualArray& table, const Index& index,
                    std::optional<std::int64_t> padding_index = {});
DualArray embedding_sum(const DualArray& x, const Index& index, std::size_t rows);

// Sums, products, and what is done to rows.
DualArray reduce_sum(const DualArray& x);
DualArray reduce_sum(const DualArray& x, const Axes& axes, bool keep = false);
DualArray mean(const DualArray& x);
DualArray mean(const DualArray& x, const Axes& axes, bool keep = false);
DualArray variance(const DualArray& x, const Axes& axes, bool unbiased = true, bool keep = false);
DualArray product(const DualArray& x, std::ptrdiff_t axis, bool keep = false);
DualArray norm(const DualArray& x, std::ptrdiff_t axis, bool keep = false);
DualArray amax(const DualArray& x, std::ptrdiff_t axis, bool keep = false);
DualArray max(const DualArray& x, std::ptrdiff_t axis, bool keep = false);
DualArray logsumexp(const DualArray& x, std::ptrdiff_t axis, bool keep = false);
DualArray log_softmax(const DualArray& x, std::ptrdiff_t axis);
DualArray softmax(const DualArray& x, std::ptrdiff_t axis);
DualArray layer_norm(const DualArray& x, std::size_t row_rank, double eps = 1e-5);
DualArray layer_norm(const DualArray& x, const DualArray& gain, const DualArray& bias,
                     double eps = 1e-5);
DualArray matmul(const DualArray& a, const DualArray& b, Operand of_a = Operand::plain,
                 Operand of_b = Operand::plain);

// Attention.
DualArray score_heads(const DualArray& q, const DualArray& k, const Pairing& pairing);
DualArray mix_heads(const DualArray& p, const DualArray& v, const Pairing& pairing,
                    Operand of_p = Operand::plain);
DualArray prefix_softmax(const DualArray& x, const Index& counts, Real c = 1);

/// The criterion, from log-probabilities: row by row, - sum_k q(k) log p(k).
DualArray smoothed_loss(const LabelSmoothedCrossEntropy& settings, const DualArray& lprobs,
                        const Index& target);

}  // namespace xtape::dual
