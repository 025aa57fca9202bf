#pragma once

#include <memory>
#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/ops/matmul.hpp>

namespace xtape {

/// Where the sequences of a batch stand when their tokens are the rows of [N, width], one sequence
/// after the other. A copy shares the list.
class Sequences {
public:
    explicit Sequences(const std::vector<std::size_t>& lengths);

    std::size_t count() const { return starts_->size() - 1; }
    std::size_t rows() const { return starts_->back(); }  // N
    std::size_t longest() const { return longest_; }
    std::size_t first(std::size_t b) const { return (*starts_)[b]; }  // row of sequence b
    std::size_t length(std::size_t b) const { return first(b + 1) - first(b); }

private:
    std::shared_ptr<const std::vector<std::size_t>> starts_;
    std::size_t longest_;
};

/// Who meets whom: sequence b of the queries and sequence b of the keys, in each of `heads` heads. A
/// head is an equal share of the columns.
struct Pairing {
    Sequences queries;
    Sequences keys;
    std::size_t heads;
};

/// The products of every query with every key that it meets: p[b, h, t, s] = sum_j q_tj k_sj, where t
/// and s count the rows of sequence b and j runs over the columns of head h.
///
///     q   [N, width], rows of the queries
///     k   [M, width], rows of the keys
///     p   [B, heads, T, S] for the longest sequences; 0 where one is shorter
///
/// Throws ShapeError if the rows are not those of the sequences, if there are not as many sequences
/// of keys as of queries, or if the heads cannot share the width.
Variable score_heads(const Variable& q, const Variable& k, const Pairing& pairing);

/// Sums of rows with weights: y_tj = sum_s p[b, h, t, s] v_sj, for row t of sequence b and column j
/// of head h. For p transposed y_sj = sum_t p[b, h, t, s] v_tj, from rows of queries to rows of keys.
///
///     p   [B, heads, T, S], as above; what is beyond the end of a sequence is not read
///     v   [M, width], or [N, width] for p transposed
///     y   [N, width], or [M, width]
///
/// Throws ShapeError as above, and if p has another shape.
Variable mix_heads(const Variable& p, const Variable& v, const Pairing& pairing,
                   Operand of_p = Operand::plain);

}  // namespace xtape
