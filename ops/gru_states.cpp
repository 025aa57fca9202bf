#include <xtape/ops/gru_states.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/detail/gemm.hpp>
#include <xtape/ops/detail/gru_rows.hpp>
#include <xtape/ops/gru_gates.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/slice.hpp>

namespace xtape {

namespace {

constexpr Operand plain = Operand::plain, transposed = Operand::transposed;

/// The tokens that are read at once: `rows` of them from `first` on.
struct Step {
    std::size_t first, rows;
};

/// In the order in which they are read.
std::vector<Step> steps_of(const std::vector<std::size_t>& rows, Direction direction) {
    std::vector<Step> steps;
    std::size_t first = 0;
    for (const std::size_t count : rows) {
        steps.push_back({first, count});
        first += count;
    }
    if (direction == Direction::backward) {
        std::reverse(steps.begin(), steps.end());
    }
    return steps;
}

/// What is read, and how: a cell, and its steps one after the other.
struct Unrolled {
    Variable a, initial, weight, bias;
    Direction direction;
    std::vector<Step> steps;

    std::size_t width() const { return initial.shape()[1]; }
    std::size_t tokens() const { return a.shape()[0]; }
    std::size_t sequences() const { return initial.shape()[0]; }
};

/// What the way back needs: the result, and for each token the last part of its product b with the weight
/// and the gates r, z and n.
struct Trace {
    Variable y, b_n, gates;
};

/// y += x op(weight), for the rows of a step
void add_product(std::size_t rows, const Real* x, const Array& weight, Operand of_weight, Real* y) {
    const std::size_t stride = weight.shape()[1];
    const std::size_t k = weight.shape()[of_weight == plain ? 0 : 1];
    const std::size_t m = weight.shape()[of_weight == plain ? 1 : 0];
    const Gemm gemm{rows, m, k, plain, of_weight};
    gemm({x, k}, {weight.data(), stride}, 1, {y, m});
}

/// b = h weight + bias, for the first rows of h
void products(const Unrolled& s, std::size_t rows, const Array& h, Array& b) {
    const std::size_t n = 3 * s.width();
    for (std::size_t i = 0; i < rows; ++i) {
        std::copy_n(s.bias.value().data(), n, b.data() + i * n);
    }
    add_product(rows, h.data(), s.weight.value(), plain, b.data());
}

/// Step by step; h is the state that each sequence is in.
Trace read(const Unrolled& s) {
    const std::size_t n = s.width();
    Array h = s.initial.value();
    Array b = Array::from_shape({s.sequences(), 3 * n});
    Array y = Array::from_shape({s.sequences() + s.tokens(), n});
    Array b_n = Array::from_shape({s.tokens(), n});
    Array gates = Array::from_shape(s.a.shape());
    std::copy_n(h.data(), h.size(), y.data());
    for (const Step& step : s.steps) {
        const std::size_t at = step.first * n;
        const GruRows rows{step.rows, n};
        products(s, step.rows, h, b);
        rows.gates(s.a.value().data() + 3 * at, b.data(), gates.data() + 3 * at);
        rows.blend(gates.data() + 3 * at, h.data(), h.data());
        std::copy_n(h.data(), step.rows * n, y.data() + s.sequences() * n + at);
        for (std::size_t i = 0; i < step.rows; ++i) {
            std::copy_n(b.data() + (3 * i + 2) * n, n, b_n.data() + at + i * n);
        }
    }
    return {Variable(std::move(y)), Variable(std::move(b_n)), Variable(std::move(gates))};
}

/// The states before each token.
Variable states_before(const Unrolled& s, const Array& y) {
    const std::size_t n = s.width();
    Array before = Array::from_shape({s.tokens(), n});
    Array h = s.initial.value();
    for (const Step& step : s.steps) {
        const std::size_t at = step.first * n;
        std::copy_n(h.data(), step.rows * n, before.data() + at);
        std::copy_n(y.data() + s.sequences() * n + at, step.rows * n, h.data());
    }
    return Variable(std::move(before));
}

/// dL/da, dL/dinitial and, for the products with the weight, dL/db and the states.
struct Gradients {
    Variable a, initial, b, before;
};

/// The way back through time. h is the gradient of the state that each sequence is in.
Gradients pull_back(const Unrolled& s, const Trace& trace, const Array& g) {
    const auto add = [](Batch p, Batch q) { return p + q; };
    const std::size_t n = s.width();
    Variable before = states_before(s, trace.y.value());
    Array a = Array::from_shape(s.a.shape());
    Array b = Array::from_shape(s.a.shape());
    Array h(s.initial.shape(), 0);
    for (auto step = s.steps.rbegin(); step != s.steps.rend(); ++step) {
        const GruRows rows{step->rows, n};
        const std::size_t at = step->first * n;
        const Real* const gates = trace.gates.value().data() + 3 * at;
        map(step->rows * n, h.data(), add, h.data(), g.data() + s.sequences() * n + at);
        rows.input_gradient(h.data(), gates, trace.b_n.value().data() + at, n,
                            before.value().data() + at, a.data() + 3 * at);
        rows.state_gradient(a.data() + 3 * at, gates, b.data() + 3 * at);
        rows.keep(gates, h.data());
        add_product(step->rows, b.data() + 3 * at, s.weight.value(), transposed, h.data());
    }
    map(h.size(), h.data(), add, h.data(), g.data());
    return {Variable(std::move(a)), Variable(std::move(h)), Variable(std::move(b)),
            std::move(before)};
}

/// The same in operators, for tapes that record the way back.
Variable composed(const Unrolled& s) {
    const auto index = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
    std::vector<Variable> states;
    Variable h = s.initial;
    for (const Step& step : s.steps) {
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
    WayBack(Unrolled unrolled, Trace trace)
        : unrolled_(std::move(unrolled)), trace_(std::move(trace)) {}

    const Gradients& gradients(const Array& g) {
        if (!known_ || !same_bits(g_, g)) {
            known_ = pull_back(unrolled_, trace_, g);
            g_ = g;
        }
        return *known_;
    }

    /// dL/dx for one of the inputs, for tapes that record. One variable may be several inputs: each
    /// becomes one of its own, so that they can be told from each other.
    Variable recorded(Variable Unrolled::*input, const Variable& g) const {
        Unrolled apart = unrolled_;
        for (const auto one :
             {&Unrolled::a, &Unrolled::initial, &Unrolled::weight, &Unrolled::bias}) {
            apart.*one = scale(unrolled_.*one, 1);
        }
        Tape tape;
        return tape.gradients(composed(apart), g, {apart.*input})[0];
    }

private:
    Unrolled unrolled_;
    Trace trace_;
    std::optional<Gradients> known_;
    Array g_;  // for which they are known
};

Variable recorded(const Unrolled& unrolled, const Trace& trace) {
    const auto way = std::make_shared<WayBack>(unrolled, trace);
    const auto to = [way](Variable Unrolled::*input, auto part) {
        return [way, input, part](const Variable& g) {
            return is_recording() ? way->recorded(input, g) : part(way->gradients(g.value()));
        };
    };
    const auto to_a = [](const Gradients& d) { return d.a; };
    const auto to_initial = [](const Gradients& d) { return d.initial; };
    const auto to_weight = [](const Gradients& d) { return matmul(d.before, d.b, transposed); };
    const auto add_to_weight = [way](Array& sum, const Array& g) {
        const Gradients& d = way->gradients(g);
        add_products(sum, d.before.value(), transposed, d.b.value(), plain);
    };
    const auto to_bias = [](const Gradients& d) { return reduce_sum(d.b, {0}); };
    return record({"GruStates", {{"steps", unrolled.steps.size()}}}, trace.y,
                  Input{unrolled.a, to(&Unrolled::a, to_a)},
                  Input{unrolled.initial, to(&Unrolled::initial, to_initial)},
                  Input{unrolled.weight, to(&Unrolled::weight, to_weight), add_to_weight},
                  Input{unrolled.bias, to(&Unrolled::bias, to_bias)});
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

// With h = dL/dy summed over all that a state leads to, every step goes back as gru_gates does, and what
// it says of the state before is that one's h. The weight is in all steps, and so are their sums:
//
//     dL/dweight = sum_t before_t' dL/db_t = before' dL/db    and    dL/dbias = sum_t dL/db_t,
//
// where the tokens of all steps, one below the other, make one product of it.
Variable gru_states(const Variable& a, const Variable& initial, const Variable& weight,
                    const Variable& bias, const std::vector<std::size_t>& rows,
                    Direction direction) {
    require_shapes(a.shape(), initial.shape(), weight.shape(), bias.shape());
    require_rows(rows, a.shape()[0], initial.shape()[0]);
    const Unrolled unrolled{a, initial, weight, bias, direction, steps_of(rows, direction)};
    const Trace trace = read(unrolled);
    return is_recording() ? recorded(unrolled, trace) : trace.y;
}

}  // namespace xtape
