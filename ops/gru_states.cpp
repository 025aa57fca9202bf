#include <xtape/ops/gru_states.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/detail/gemm.hpp>
#include <xtape/ops/detail/unrolled_gru.hpp>
#include <xtape/ops/gru_gates.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/slice.hpp>

namespace xtape {

namespace {

constexpr Operand plain = Operand::plain, transposed = Operand::transposed;

/// The same in operators, for tapes that record the way back.
Variable composed(const UnrolledGru& s) {
    const auto index = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
    std::vector<Variable> states;
    Variable h = s.initial;
    for (const GruStep& step : s.steps) {
        const Variable a = slice(s.a, 0, index(step.first), index(step.first + step.rows));
        const Variable old = slice(h, 0, 0, index(step.rows));
        states.push_back(gru_gates(a, matmul(old, s.weight) + s.bias, old));
        h = concat({states.back(), slice(h, 0, index(step.rows))}, 0);
    }
    if (s.direction == Direction::backward) {
        std::reverse(states.begin(), states.end());
    }
    states.insert(states.begin(), s.initial);
    return concat(states, 0);
}

/// The way back to the four inputs: gone once for each g, and not once for each input.
class WayBack {
public:
    WayBack(UnrolledGru unrolled, GruTrace trace)
        : unrolled_(std::move(unrolled)), trace_(std::move(trace)) {}

    const GruGradients& gradients(const Array& g) {
        if (!known_ || !same_bits(g_, g)) {
            known_ = pull_back_gru(unrolled_, trace_, g);
            g_ = g;
        }
        return *known_;
    }

    /// dL/dx for one of the inputs, for tapes that record. One variable may be several inputs: each
    /// becomes one of its own, so that they can be told from each other.
    Variable recorded(Variable UnrolledGru::*input, const Variable& g) const {
        UnrolledGru apart = unrolled_;
        for (const auto one :
             {&UnrolledGru::a, &UnrolledGru::initial, &UnrolledGru::weight, &UnrolledGru::bias}) {
            apart.*one = scale(unrolled_.*one, 1);
        }
        Tape tape;
        return tape.gradients(composed(apart), g, {apart.*input})[0];
    }

private:
    UnrolledGru unrolled_;
    GruTrace trace_;
    std::optional<GruGradients> known_;
    Array g_;  // for which they are known
};

Variable recorded(const UnrolledGru& unrolled, const GruTrace& trace) {
    const auto way = std::make_shared<WayBack>(unrolled, trace);
    const auto to = [way](Variable UnrolledGru::*input, auto part) {
        return [way, input, part](const Variable& g) {
            return is_recording() ? way->recorded(input, g) : part(way->gradients(g.value()));
        };
    };
    const auto to_a = [](const GruGradients& d) { return d.a; };
    const auto to_initial = [](const GruGradients& d) { return d.initial; };
    const auto to_weight = [](const GruGradients& d) { return matmul(d.before, d.b, transposed); };
    const auto add_to_weight = [way](Array& sum, const Array& g) {
        const GruGradients& d = way->gradients(g);
        add_products(sum, d.before.value(), transposed, d.b.value(), plain);
    };
    const auto to_bias = [](const GruGradients& d) { return reduce_sum(d.b, {0}); };
    return record({"GruStates", {{"steps", unrolled.steps.size()}}}, trace.y,
                  Input{unrolled.a, to(&UnrolledGru::a, to_a)},
                  Input{unrolled.initial, to(&UnrolledGru::initial, to_initial)},
                  Input{unrolled.weight, to(&UnrolledGru::weight, to_weight), add_to_weight},
                  Input{unrolled.bias, to(&UnrolledGru::bias, to_bias)});
}

void require_shapes(const Shape& a, const Shape& initial, const Shape& weight, const Shape& bias) {
    const std::size_t n = initial.size() == 2 ? initial[1] : 0;
    const bool fits = initial.size() == 2 && a.size() == 2 && a[1] == 3 * n &&
                      weight == Shape{n, 3 * n} && bias == Shape{3 * n};
    if (!fits) {
        throw ShapeError(text("gru_states: a has shape ", a, ", the initial states ", initial,
                              ", the weight ", weight, " and the bias ", bias,
                              "; expected [N, 3 H], [B, H], [H, 3 H] and [3 H]"));
    }
}

void require_rows(const std::vector<std::size_t>& rows, std::size_t tokens, std::size_t sequences) {
    const std::size_t sum = std::accumulate(rows.begin(), rows.end(), std::size_t{0});
    if (sum != tokens) {
        throw ValueError(text("gru_states: the steps have ", sum, " rows in all and a has ", tokens,
                              "; each token is read in one step"));
    }
    for (std::size_t t = 0; t < rows.size(); ++t) {
        const std::size_t most = t == 0 ? sequences : rows[t - 1];
        if (rows[t] > most) {
            throw ValueError(text("gru_states: step ", t, " has ", rows[t], " rows and ",
                                  t == 0 ? "there are " : "the step before ", most,
                                  t == 0 ? " sequences" : "",
                                  "; sequences that have ended do not begin again"));
        }
    }
}

}  // namespace

// Let h be dL/dy of a state, summed over all that it leads to. With b = before weight + bias, every step
// goes back as gru_gates does for g = h: it gives dL/da and dL/db, and to the h of the state before
//
//     h z + dL/db weight'.
//
// The weight and the bias are in all steps. Their gradients are sums over tokens t,
//
//     dL/dweight = sum_t before_t' dL/db_t    and    dL/dbias = sum_t dL/db_t,
//
// and with the tokens of all steps one below the other the first is one product, before' dL/db.
Variable gru_states(const Variable& a, const Variable& initial, const Variable& weight,
                    const Variable& bias, const std::vector<std::size_t>& rows,
                    Direction direction) {
    require_shapes(a.shape(), initial.shape(), weight.shape(), bias.shape());
    require_rows(rows, a.shape()[0], initial.shape()[0]);
    const UnrolledGru unrolled{a, initial, weight, bias, direction, gru_steps(rows, direction)};
    const GruTrace trace = read_gru(unrolled);
    return is_recording() ? recorded(unrolled, trace) : trace.y;
}

}  // namespace xtape
