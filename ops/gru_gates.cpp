#include <xtape/ops/gru_gates.hpp>

#include <xtape/core/detail/exponential.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/tanh.hpp>

namespace xtape {

namespace {

/// What the way back needs: the operands, and r, z and n in the layout of a.
struct Step {
    Variable a, b, h, gates;

    std::size_t width() const { return h.shape().back(); }
};

/// The part r, z or n: 0, 1 or 2.
Variable part(const Variable& x, std::ptrdiff_t k) {
    const auto width = static_cast<std::ptrdiff_t>(x.shape().back() / 3);
    return slice(x, -1, k * width, (k + 1) * width);
}

/// Calls f(i, k) for each row, where i is its place in h and k in a and b.
template <class F>
void for_each_row(const Step& step, F f) {
    const std::size_t n = step.width();
    for (std::size_t i = 0; i < step.h.value().size(); i += n) {
        f(i, 3 * i);
    }
}

Array gates_of(const Variable& a, const Variable& b) {
    const std::size_t n = a.shape().back() / 3;
    Array gates = Array::from_shape(a.shape());
    const auto sigmoid_of_sum = [](Batch p, Batch q) { return 1 / (1 + exponential(-(p + q))); };
    const auto candidate = [](Batch p, Batch q, Batch r) { return xsimd::tanh(p + r * q); };
    for (std::size_t k = 0; k < gates.size(); k += 3 * n) {
        const Real* const a_k = a.value().data() + k;
        const Real* const b_k = b.value().data() + k;
        Real* const gates_k = gates.data() + k;
        map(2 * n, gates_k, sigmoid_of_sum, a_k, b_k);
        map(n, gates_k + 2 * n, candidate, a_k + 2 * n, b_k + 2 * n, gates_k);
    }
    return gates;
}

Array next_state(const Step& step) {
    Array y = Array::from_shape(step.h.shape());
    const auto blend = [](Batch z, Batch n, Batch h) { return n + z * (h - n); };
    for_each_row(step, [&, n = step.width()](std::size_t i, std::size_t k) {
        const Real* const gates = step.gates.value().data() + k;
        map(n, y.data() + i, blend, gates + n, gates + 2 * n, step.h.value().data() + i);
    });
    return y;
}

enum class Side { input, state };

/// dL/da or dL/db, row by row.
Array side_gradient(const Step& step, Side side, const Array& g) {
    Array gradient = Array::from_shape(step.a.shape());
    const auto to_n = [](Batch v, Batch z, Batch n) { return v * (1 - z) * (1 - n * n); };
    const auto to_z = [](Batch v, Batch z, Batch n, Batch h) {
        return v * (h - n) * (z * (1 - z));
    };
    const auto to_r = [](Batch v, Batch r, Batch b) { return v * b * (r * (1 - r)); };
    const auto times = [](Batch v, Batch r) { return v * r; };
    for_each_row(step, [&, n = step.width()](std::size_t i, std::size_t k) {
        const Real* const r = step.gates.value().data() + k;
        Real* const out = gradient.data() + k;
        map(n, out + 2 * n, to_n, g.data() + i, r + n, r + 2 * n);
        map(n, out + n, to_z, g.data() + i, r + n, r + 2 * n, step.h.value().data() + i);
        map(n, out, to_r, out + 2 * n, r, step.b.value().data() + k + 2 * n);
        if (side == Side::state) {
            map(n, out + 2 * n, times, out + 2 * n, r);
        }
    });
    return gradient;
}

/// dL/dh = g z, in the buffer of g where nobody else can see it.
Array state_gradient(const Step& step, Variable g) {
    Array gradient = reuse_or_copy(g);
    const auto times = [](Batch v, Batch z) { return v * z; };
    for_each_row(step, [&, n = step.width()](std::size_t i, std::size_t k) {
        Real* const out = gradient.data() + i;
        map(n, out, times, out, step.gates.value().data() + k + n);
    });
    return gradient;
}

/// The same rules in operators, for tapes that record the way back.
struct Recorded {
    explicit Recorded(const Step& step)
        : b_n(part(step.b, 2)),
          r(sigmoid(part(step.a, 0) + part(step.b, 0))),
          z(sigmoid(part(step.a, 1) + part(step.b, 1))),
          n(tanh(part(step.a, 2) + r * b_n)) {}

    Variable side_gradient(const Variable& h, Side side, const Variable& g) const {
        const Variable to_n = g * (1 - z) * (1 - square(n));
        const Variable to_z = g * (h - n) * (z * (1 - z));
        const Variable to_r = to_n * b_n * (r * (1 - r));
        return concat({to_r, to_z, side == Side::state ? to_n * r : to_n}, -1);
    }

    Variable b_n, r, z, n;
};

void require_fits(const Shape& a, const Shape& b, const Shape& h) {
    Shape wanted = h;
    if (!h.empty()) {
        wanted.back() *= 3;
    }
    if (h.empty() || a != wanted || b != wanted) {
        throw ShapeError(text("gru_gates: a has shape ", a, ", b ", b, " and h ", h,
                              "; expected [..., 3 H] twice and [..., H]"));
    }
}

}  // namespace

// y = n + z (h - n), where n = tanh(a_n + r b_n), and z and r are sigmoids of a + b. With the slopes
// of tanh and sigmoid told from their values,
//
//     dL/da_n = g (1 - z) (1 - n^2)            dL/db_n = dL/da_n r
//     dL/da_z = g (h - n) z (1 - z)            dL/db_z = dL/da_z
//     dL/da_r = dL/da_n b_n r (1 - r)          dL/db_r = dL/da_r
//     dL/dh   = g z.
Variable gru_gates(const Variable& a, const Variable& b, const Variable& h) {
    require_fits(a.shape(), b.shape(), h.shape());
    const Step step{a, b, h, Variable(gates_of(a, b))};
    const auto to = [&step](Side side) {
        return [step, side](const Variable& g) {
            return is_recording() ? Recorded(step).side_gradient(step.h, side, g)
                                  : Variable(side_gradient(step, side, g.value()));
        };
    };
    const auto to_h = [step](Variable g) {
        return is_recording() ? g * Recorded(step).z : Variable(state_gradient(step, std::move(g)));
    };
    return record("GruGates", next_state(step), Input{a, to(Side::input)},
                  Input{b, to(Side::state)}, Input{h, to_h});
}

}  // namespace xtape
