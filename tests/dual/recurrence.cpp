#include "tests/dual/definitions.hpp"
#include "tests/support/reading_order.hpp"

namespace xtape::dual {

namespace {

/// [rows, width] of one row, as [1, width].
DualArray row_of(const DualArray& x, std::size_t row) {
    return made({1, x.shape[1]}, [&](const Place& at) { return x[{row, at[1]}]; });
}

void set_row(DualArray& y, std::size_t row, const DualArray& x) {
    for (std::size_t j = 0; j < x.shape[1]; ++j) {
        y[{row, j}] = x[{0, j}];
    }
}

}  // namespace

DualArray gru_states(const DualArray& a, const DualArray& initial, const DualArray& weight,
                     const DualArray& bias, const std::vector<std::size_t>& rows,
                     Direction direction) {
    const std::size_t sequences = initial.shape[0];
    DualArray y = zeros({sequences + a.shape[0], initial.shape[1]});
    for (std::size_t s = 0; s < sequences; ++s) {
        DualArray h = row_of(initial, s);
        set_row(y, s, h);
        for (const std::size_t token : tokens_of(s, rows, direction)) {
            const DualArray b = matmul(h, weight, Operand::plain, Operand::plain) + bias;
            h = gru_gates(row_of(a, token), b, h);
            set_row(y, sequences + token, h);
        }
    }
    return y;
}

}  // namespace xtape::dual
