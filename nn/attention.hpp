#pragma once

#include <xtape/nn/dropout.hpp>
#include <xtape/nn/linear.hpp>
#include <xtape/ops/heads.hpp>

namespace xtape {

/// What attention looks at, split into heads.
///
///     keys, values  [B, heads, S, width / heads]
struct KeyValues {
    Variable keys;
    Variable values;
};

/// y = dropout(softmax(Q K' / sqrt(D))) V: every query gets a mean of the values, weighted by how well
/// their keys fit to it.
///
///     queries  [..., T, D]
///     memory   keys [..., S, D] and values [..., S, E]
///     hidden   broadcasts to [..., T, S]; true where a query must not see a key. Mask() hides none
///     y        [..., T, E]
///
/// A query from which all keys are hidden gets zeros, and so do all gradients through it. Throws
/// ShapeError for what does not fit.
Variable attend(const Variable& queries, const KeyValues& memory, const Mask& hidden,
                const Dropout& dropout = Dropout(), Random* random = nullptr);

/// What a query sees of its own sequence: all of it, or nothing after itself.
enum class Sight { all, past };

/// The same for tokens that are rows without PAD, in each pair of sequences by each head, which has its
/// share of the width. It is that of masks which hide PAD and, with Sight::past, the future; but no work
/// is done on what they would hide.
///
///     q     [N, width], queries
///     k, v  [M, width], keys and values
///     y     [N, width]
Variable attend(const Variable& q, const Variable& k, const Variable& v, const Pairing& pairing,
                Sight sight, const Dropout& dropout = Dropout(), Random* random = nullptr);

/// Attention by several heads, each of which looks at learned projections of its own: Vaswani et al.,
/// "Attention is all you need" (2017).
///
///     x       [B, T, width]  who asks
///     memory  [B, S, width]  who is asked; x itself in self-attention
///     hidden  broadcasts to [B, heads, T, S], as [T, S] and [B, 1, 1, S] do
///     y       [B, T, width]
///
/// The constructor throws ValueError unless `heads` divides `width`.
struct MultiHeadAttention {
    MultiHeadAttention(std::size_t width, std::size_t heads, double dropout_rate, Random& random);

    Variable operator()(const Variable& x, const Variable& memory, const Mask& hidden,
                        Random* random = nullptr) const;
    Parameters parameters() const;

    // The same for rows of tokens without PAD, x [N, width] and memory [M, width]: attention to x
    // itself, and to all of a memory.
    Variable operator()(const Variable& x, const Sequences& sequences, Sight sight,
                        Random* random = nullptr) const;
    Variable operator()(const Variable& x, const Sequences& sequences, const Variable& memory,
                        const Sequences& of_memory, Random* random = nullptr) const;

    // The same in two steps, for a memory that is asked again and again or that grows.
    KeyValues key_values(const Variable& memory) const;
    Variable operator()(const Variable& x, const KeyValues& memory, const Mask& hidden,
                        Random* random = nullptr) const;

    std::size_t heads;
    Linear query;
    Linear key;
    Linear value;
    Linear output;
    Dropout dropout;  // of the weights
};

}  // namespace xtape
