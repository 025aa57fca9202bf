#include <xtape/ops/gru_gates.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/detail/gru_rows.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/tanh.hpp>

namespace xtape {

namespace {

/// What the way back needs: the operands, and r, z and n in the layout of a.
struct Step {
    Variable a, b, h, gates;
};

/// The part r, z or n: 0, 1 or 2.
Variable part(const Variable& x, std::ptrdiff_t k) {
    const auto width = static_cast<std::ptrdiff_t>(x.shape().back() / 3);
    return slice(x, -1, k * width, (k + 1) * width);
}

GruRows rows_of(const Variable& h) {
    const std::size_t width = h.shape().back();
    return {width == 0 ? 0 : h.value().size() / width, width};
}

Array gates_of(const Variable& a, const Variable& b, const Variable& h) {
    Array gates = Array::from_shape(a.shape());
    rows_of(h).gates(a.value().data(), b.value().data(), gates.data());
    return gates;
}

Array next_state(const Step& step) {
    Array y = Array::from_shape(step.h.shape());
    rows_of(step.h).blend(step.gates.value().data(), step.h.value().data(), y.data());
    return y;
}

enum class Side { input, state };

/// dL/da or dL/db.
Array side_gradient(const Step& step, Side side, const Array& g) {
    const GruRows rows = rows_of(step.h);
    const Real* const gates = step.gates.value().data();
    Array gradient = Array::from_shape(step.a.shape());
    rows.input_gradient(g.data(), gates, step.b.value().data() + 2 * rows.width, 3 * rows.width,
                        step.h.value().data(), gradient.data());
    if (side == Side::state) {
        rows.state_gradient(gradient.data(), gates, gradient.data());
    }
    return gradient;
}

/// g z, in the buffer of g where nobody else can see it.
Array kept_gradient(const Step& step, Variable g) {
    Array gradient = reuse_or_copy(g);
    rows_of(step.h).keep(step.gates.value().data(), gradient.data());
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
    const Step step{a, b, h, Variable(gates_of(a, b, h))};
    const auto to = [&step](Side side) {
        return [step, side](const Variable& g) {
            return is_recording() ? Recorded(step).side_gradient(step.h, side, g)
                                  : Variable(side_gradient(step, side, g.value()));
        };
    };
    const auto to_h = [step](Variable g) {
        return is_recording() ? g * Recorded(step).z : Variable(kept_gradient(step, std::move(g)));
    };
    return record("GruGates", next_state(step), Input{a, to(Side::input)},
                  Input{b, to(Side::state)}, Input{h, to_h});
}

}  // namespace xtape
