#include <numeric>

#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

/// So many rows, shared among so many sequences.
Sequences draft_sequences(Draft& d, std::size_t rows, std::size_t count) {
    std::vector<std::size_t> lengths(count, 0);
    for (std::size_t i = 0; i < rows; ++i) {
        ++lengths[d.choices.below(count)];
    }
    return Sequences(lengths);
}

Sequences any_sequences(Draft& d, std::size_t count) {
    return draft_sequences(d, d.choices.below(5), count);
}

std::size_t draft_heads(Draft& d, std::size_t width) {
    return width == 0 || d.choices.coin() ? 1 : width % 2 == 0 && d.choices.coin() ? 2 : width;
}

Form rows_of(std::size_t width) {
    return {[=](const Shape& s) { return s.size() == 2 && s[1] == width; },
            [=](Choices& choices) {
                return Shape{choices.below(5), width};
            }};
}

Call draft_score_heads(Draft& d) {
    const std::size_t q = d.operand(of_rank(2, 2), {-30, 30});
    const std::size_t width = d.shape(q)[1];
    const std::size_t k = d.choices.one_in(8) ? q : d.operand(rows_of(width), {-30, 30});
    const std::size_t count = 1 + d.choices.below(3);
    const Pairing pairing = {draft_sequences(d, d.shape(q)[0], count),
                             draft_sequences(d, d.shape(k)[0], count), draft_heads(d, width)};
    return Draft::call(
        {q, k}, [=](auto in) { return score_heads(in[0], in[1], pairing); },
        text("score_heads(#", q, ", #", k, ", ", count, " pairs, ", pairing.heads, " heads)"));
}

Call draft_mix_heads(Draft& d) {
    const Operand of_p = d.choices.coin() ? Operand::transposed : Operand::plain;
    const std::size_t v = d.operand(of_rank(2, 2), {-30, 30});
    const std::size_t count = 1 + d.choices.below(3);
    const Sequences from = draft_sequences(d, d.shape(v)[0], count);
    const Sequences to = any_sequences(d, count);
    const std::size_t heads = draft_heads(d, d.shape(v)[1]);
    const Pairing pairing =
        of_p == Operand::plain ? Pairing{to, from, heads} : Pairing{from, to, heads};
    const Shape weights = {count, heads, pairing.queries.longest(), pairing.keys.longest()};
    const std::size_t p = d.operand(of_shape(weights), {-30, 30});
    return Draft::call(
        {p, v}, [=](auto in) { return mix_heads(in[0], in[1], pairing, of_p); },
        text("mix_heads(#", p, of_p == Operand::transposed ? "'" : "", ", #", v, ", ", count,
             " pairs, ", heads, " heads)"));
}

Call draft_prefix_softmax(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const Shape rows(d.shape(x).begin(), d.shape(x).end() - 1);
    const Index counts = d.index(rows, d.shape(x).back() + 1);
    const Real c = static_cast<Real>(d.choices.uniform(0.1, 2));
    return Draft::call(
        {x}, [=](auto in) { return prefix_softmax(std::move(in[0]), counts, c); },
        text("prefix_softmax(#", x, ", counts ", counts.shape(), ", ", c, ")"));
}

/// How many sequences are read in each step: never more than in the step before.
std::vector<std::size_t> draft_steps(Draft& d, std::size_t sequences) {
    std::vector<std::size_t> rows;
    for (std::size_t most = sequences; most > 0 && rows.size() < 3; most = rows.back()) {
        rows.push_back(d.choices.below(most + 1));
    }
    return rows;
}

Call draft_gru_states(Draft& d) {
    const std::size_t initial = d.operand(of_rank(2, 2), {-30, 30});
    const std::size_t n = d.shape(initial)[1];
    const std::vector<std::size_t> rows = draft_steps(d, d.shape(initial)[0]);
    const std::size_t tokens = std::accumulate(rows.begin(), rows.end(), std::size_t{0});
    const std::size_t a = d.operand(of_shape({tokens, 3 * n}), {-30, 30});
    const std::size_t weight = d.operand(of_shape({n, 3 * n}), {-3, 3});
    const std::size_t bias = d.operand(of_shape({3 * n}), {-3, 3});
    const Direction direction = d.choices.coin() ? Direction::forward : Direction::backward;
    return Draft::call(
        {a, initial, weight, bias},
        [=](auto in) { return gru_states(in[0], in[1], in[2], in[3], rows, direction); },
        text("gru_states(#", a, ", #", initial, ", #", weight, ", #", bias, ", ", rows.size(),
             " steps, ", direction == Direction::forward ? "forward" : "backward", ")"));
}

}  // namespace

std::vector<Row> attention_rows() {
    return {
        {"score_heads", draft_score_heads},
        {"mix_heads", draft_mix_heads},
        {"prefix_softmax", draft_prefix_softmax},
        {"gru_states", draft_gru_states},
    };
}

}  // namespace xtape::dual
