#include <xtape/ops/detail/unrolled_gru.hpp>

#include <algorithm>

#include <xtape/core/detail/simd.hpp>
#include <xtape/ops/detail/gemm.hpp>
#include <xtape/ops/detail/gru_rows.hpp>

namespace xtape {

namespace {

constexpr Operand plain = Operand::plain, transposed = Operand::transposed;

/// y += x op(weight), for the rows of a step
void add_product(std::size_t rows, const Real* x, const Array& weight, Operand of_weight, Real* y) {
    const std::size_t stride = weight.shape()[1];
    const std::size_t k = weight.shape()[of_weight == plain ? 0 : 1];
    const std::size_t m = weight.shape()[of_weight == plain ? 1 : 0];
    const Gemm gemm{rows, m, k, plain, of_weight};
    gemm({x, k}, {weight.data(), stride}, 1, {y, m});
}

/// b = h weight + bias, for the first rows of h
void products(const UnrolledGru& s, std::size_t rows, const Array& h, Array& b) {
    const std::size_t n = 3 * s.width();
    for (std::size_t i = 0; i < rows; ++i) {
        std::copy_n(s.bias.value().data(), n, b.data() + i * n);
    }
    add_product(rows, h.data(), s.weight.value(), plain, b.data());
}

/// The states before each token.
Variable states_before(const UnrolledGru& s, const Array& y) {
    const std::size_t n = s.width();
    Array before = Array::from_shape({s.tokens(), n});
    Array h = s.initial.value();
    for (const GruStep& step : s.steps) {
        const std::size_t at = step.first * n;
        std::copy_n(h.data(), step.rows * n, before.data() + at);
        std::copy_n(y.data() + s.sequences() * n + at, step.rows * n, h.data());
    }
    return Variable(std::move(before));
}

}  // namespace

std::vector<GruStep> gru_steps(const std::vector<std::size_t>& rows, Direction direction) {
    std::vector<GruStep> steps;
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

// h is the state that each sequence is in.
GruTrace read_gru(const UnrolledGru& s) {
    const std::size_t n = s.width();
    Array h = s.initial.value();
    Array b = Array::from_shape({s.sequences(), 3 * n});
    Array y = Array::from_shape({s.sequences() + s.tokens(), n});
    Array b_n = Array::from_shape({s.tokens(), n});
    Array gates = Array::from_shape(s.a.shape());
    std::copy_n(h.data(), h.size(), y.data());
    for (const GruStep& step : s.steps) {
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

// h is the gradient of the state that each sequence is in.
GruGradients pull_back_gru(const UnrolledGru& s, const GruTrace& trace, const Array& g) {
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

}  // namespace xtape
