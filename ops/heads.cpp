#include <xtape/ops/heads.hpp>

#include <algorithm>
#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/gemm.hpp>

// For one head of one pair of sequences let Q and K be the rows of the queries and of the keys, and P
// their weights. All that happens here are the products in
//
//     <P, Q K'> = <Q, P K> = <K, P' Q>.
//
// It is linear in each of the three, so the gradients of each product are the other two: with g for
// the one that is missing, score_heads is Q K' and mix_heads is P K or P' Q. The rows of a head are
// multiplied where they stand, as BLAS can read matrices with gaps between the rows.

namespace xtape {

namespace {

/// One head of one pair: how many rows meet, and where they and their weights begin in memory.
struct Block {
    std::size_t queries, keys;
    std::size_t q, k, p;
};

template <class Visit>
void for_each_block(const Pairing& pairing, std::size_t width, Visit visit) {
    const Sequences& queries = pairing.queries;
    const Sequences& keys = pairing.keys;
    std::size_t p = 0;
    for (std::size_t b = 0; b < queries.count(); ++b) {
        for (std::size_t h = 0; h < pairing.heads; ++h) {
            const std::size_t column = h * (width / pairing.heads);
            visit(Block{queries.length(b), keys.length(b), queries.first(b) * width + column,
                        keys.first(b) * width + column, p});
            p += queries.longest() * keys.longest();
        }
    }
}

Shape weights_shape(const Pairing& pairing) {
    return {pairing.queries.count(), pairing.heads, pairing.queries.longest(),
            pairing.keys.longest()};
}

bool are_equally_long(const Sequences& sequences) {
    return sequences.rows() == sequences.count() * sequences.longest();
}

/// Q K'
Array products(const Array& q, const Array& k, const Pairing& pairing) {
    const bool all_are_written =
        are_equally_long(pairing.queries) && are_equally_long(pairing.keys);
    const Shape shape = weights_shape(pairing);
    Array p = all_are_written ? Array::from_shape(shape) : Array(shape, 0);
    const std::size_t width = q.shape()[1];
    for_each_block(pairing, width, [&](const Block& at) {
        const Gemm product{at.queries, at.keys, width / pairing.heads, Operand::plain,
                           Operand::transposed};
        product({q.data() + at.q, width}, {k.data() + at.k, width}, 0,
                {p.data() + at.p, shape.back()});
    });
    return p;
}

/// P V for the rows V of the keys, or P' V for those of the queries.
Array sums(const Array& p, Operand of_p, const Array& v, const Pairing& pairing) {
    const bool to_queries = of_p == Operand::plain;
    const std::size_t width = v.shape()[1];
    const Sequences& rows = to_queries ? pairing.queries : pairing.keys;
    Array y = Array::from_shape({rows.rows(), width});
    for_each_block(pairing, width, [&](const Block& at) {
        const Gemm product{to_queries ? at.queries : at.keys, width / pairing.heads,
                           to_queries ? at.keys : at.queries, of_p, Operand::plain};
        product({p.data() + at.p, p.shape().back()}, {v.data() + (to_queries ? at.k : at.q), width},
                0, {y.data() + (to_queries ? at.q : at.k), width});
    });
    return y;
}

void require_rows(const char* op, const char* role, const Shape& x, const Sequences& sequences) {
    if (x.size() != 2 || x[0] != sequences.rows()) {
        throw ShapeError(text(op, ": the ", role, " have shape ", x, "; expected [",
                              sequences.rows(), ", width], a row for each token"));
    }
}

void require_pairing(const char* op, const Pairing& pairing, std::size_t width) {
    const auto& [queries, keys, heads] = pairing;
    if (queries.count() != keys.count()) {
        throw ShapeError(text(op, ": ", queries.count(), " sequences of queries and ", keys.count(),
                              " of keys; each needs its partner"));
    }
    if (heads == 0 || width % heads != 0) {
        throw ShapeError(text(op, ": ", heads, " heads cannot share a width of ", width,
                              "; their number must divide it"));
    }
}

}  // namespace

Sequences::Sequences(const std::vector<std::size_t>& lengths)
    : longest_(lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end())) {
    std::vector<std::size_t> starts(lengths.size() + 1, 0);
    std::partial_sum(lengths.begin(), lengths.end(), starts.begin() + 1);
    starts_ = std::make_shared<const std::vector<std::size_t>>(std::move(starts));
}

Variable score_heads(const Variable& q, const Variable& k, const Pairing& pairing) {
    require_rows("score_heads", "queries", q.shape(), pairing.queries);
    require_rows("score_heads", "keys", k.shape(), pairing.keys);
    require_pairing("score_heads", pairing, q.shape()[1]);
    if (q.shape()[1] != k.shape()[1]) {
        throw ShapeError(text("score_heads: the queries have shape ", q.shape(), " and the keys ",
                              k.shape(), "; their widths must be equal"));
    }
    const auto to_q = [k, pairing](const Variable& g) { return mix_heads(g, k, pairing); };
    const auto to_k = [q, pairing](const Variable& g) {
        return mix_heads(g, q, pairing, Operand::transposed);
    };
    return record({"ScoreHeads", {{"heads", pairing.heads}}},
                  products(q.value(), k.value(), pairing), Input{q, to_q}, Input{k, to_k});
}

Variable mix_heads(const Variable& p, const Variable& v, const Pairing& pairing, Operand of_p) {
    const bool to_queries = of_p == Operand::plain;
    require_rows("mix_heads", "values", v.shape(), to_queries ? pairing.keys : pairing.queries);
    require_pairing("mix_heads", pairing, v.shape()[1]);
    if (p.shape() != weights_shape(pairing)) {
        throw ShapeError(text("mix_heads: the weights have shape ", p.shape(), "; expected ",
                              weights_shape(pairing), " for these sequences"));
    }
    const auto to_p = [v, pairing, to_queries](const Variable& g) {
        return to_queries ? score_heads(g, v, pairing) : score_heads(v, g, pairing);
    };
    const auto to_v = [p, pairing, to_queries](const Variable& g) {
        return mix_heads(p, g, pairing, to_queries ? Operand::transposed : Operand::plain);
    };
    return record({"MixHeads", {{"heads", pairing.heads}, {"transpose_p", !to_queries}}},
                  sums(p.value(), of_p, v.value(), pairing), Input{p, to_p}, Input{v, to_v});
}

}  // namespace xtape
