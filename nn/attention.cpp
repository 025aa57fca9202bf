#include <xtape/nn/attention.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <xtape/core/errors.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/softmax.hpp>

namespace xtape {

namespace {

/// Is there a query that sees no key at all?
bool hides_everything_from_one(const Mask& hidden) {
    const std::size_t keys = hidden.shape().empty() ? 1 : hidden.shape().back();
    for (std::size_t row = 0; keys > 0 && row < hidden.size(); row += keys) {
        const bool* const begin = hidden.data() + row;
        if (std::find(begin, begin + keys, false) == begin + keys) {
            return true;
        }
    }
    return false;
}

/// [B, T, width] -> [B, heads, T, width / heads]
Variable split(Variable x, std::size_t heads) {
    const Shape shape = x.shape();
    const Shape by_heads = {shape[0], shape[1], heads, shape[2] / heads};
    return permute(reshape(std::move(x), by_heads), {0, 2, 1, 3});
}

/// [B, heads, T, width / heads] -> [B, T, width]
Variable join(const Variable& x) {
    const Shape& shape = x.shape();
    const Shape joined = {shape[0], shape[2], shape[1] * shape[3]};
    return reshape(permute(x, {0, 2, 1, 3}), joined);
}

/// How many keys each query of each head sees, [B, heads, T]; none beyond the end of a sequence.
Index counts_of(const Pairing& pairing, Sight sight) {
    const auto& [queries, keys, heads] = pairing;
    Index counts(Index::shape_type{queries.count(), heads, queries.longest()}, 0);
    std::int64_t* row = counts.data();
    for (std::size_t b = 0; b < queries.count(); ++b) {
        for (std::size_t h = 0; h < heads; ++h, row += queries.longest()) {
            for (std::size_t t = 0; t < queries.length(b); ++t) {
                const std::size_t all = keys.length(b);
                row[t] =
                    static_cast<std::int64_t>(sight == Sight::past ? std::min(t + 1, all) : all);
            }
        }
    }
    return counts;
}

void require_sequence(const char* role, const Variable& x, const Linear& projection) {
    const std::size_t width = projection.weight.shape()[0];
    if (x.shape().size() != 3 || x.shape()[2] != width) {
        throw ShapeError(text("MultiHeadAttention: ", role, " has shape ", x.shape(),
                              "; expected [B, ", *role == 'x' ? "T" : "S", ", ", width, "]"));
    }
}

}  // namespace

// A query that sees nothing has the weights softmax(-inf, ..., -inf) = nan. They are replaced by
// zeros; on the way back both fills cut them out again, so no gradient meets them.
Variable attend(const Variable& queries, const KeyValues& memory, const Mask& hidden,
                const Dropout& dropout, Random* random) {
    Variable scores = matmul(queries, memory.keys, Operand::plain, Operand::transposed);
    const auto width = static_cast<Real>(memory.keys.shape().back());
    scores = scale(std::move(scores), 1 / std::sqrt(width));
    if (marks_any(hidden)) {
        scores = masked_fill(std::move(scores), hidden, -std::numeric_limits<Real>::infinity());
    }
    Variable weights = softmax(std::move(scores), -1);
    if (hides_everything_from_one(hidden)) {
        weights = masked_fill(std::move(weights), hidden, 0);
    }
    return matmul(dropout(std::move(weights), random), memory.values);
}

Variable attend(const Variable& q, const Variable& k, const Variable& v, const Pairing& pairing,
                Sight sight, const Dropout& dropout, Random* random) {
    Variable scores = score_heads(q, k, pairing);
    const auto width = static_cast<Real>(k.shape()[1] / pairing.heads);
    Variable weights =
        prefix_softmax(std::move(scores), counts_of(pairing, sight), 1 / std::sqrt(width));
    return mix_heads(dropout(std::move(weights), random), v, pairing);
}

MultiHeadAttention::MultiHeadAttention(std::size_t width, std::size_t head_count,
                                       double dropout_rate, Random& random)
    : heads(head_count),
      query(width, width, random),
      key(width, width, random),
      value(width, width, random),
      output(width, width, random),
      dropout(dropout_rate) {
    if (heads == 0 || width % heads != 0) {
        throw ValueError(text("MultiHeadAttention: ", heads, " heads cannot share a width of ",
                              width, "; their number must divide it"));
    }
}

Variable MultiHeadAttention::operator()(const Variable& x, const Variable& memory,
                                        const Mask& hidden, Random* random) const {
    return (*this)(x, key_values(memory), hidden, random);
}

KeyValues MultiHeadAttention::key_values(const Variable& memory) const {
    require_sequence("the memory", memory, key);
    return {split(key(memory), heads), split(value(memory), heads)};
}

Variable MultiHeadAttention::operator()(const Variable& x, const KeyValues& memory,
                                        const Mask& hidden, Random* random) const {
    require_sequence("x", x, query);
    return output(join(attend(split(query(x), heads), memory, hidden, dropout, random)));
}

Variable MultiHeadAttention::operator()(const Variable& x, const Sequences& sequences, Sight sight,
                                        Random* random) const {
    const Pairing pairing = {sequences, sequences, heads};
    return output(attend(query(x), key(x), value(x), pairing, sight, dropout, random));
}

Variable MultiHeadAttention::operator()(const Variable& x, const Sequences& sequences,
                                        const Variable& memory, const Sequences& of_memory,
                                        Random* random) const {
    const Pairing pairing = {sequences, of_memory, heads};
    return output(
        attend(query(x), key(memory), value(memory), pairing, Sight::all, dropout, random));
}

Parameters MultiHeadAttention::parameters() const {
    return Parameters()
        .add("query", query.parameters())
        .add("key", key.parameters())
        .add("value", value.parameters())
        .add("output", output.parameters());
}

}  // namespace xtape
