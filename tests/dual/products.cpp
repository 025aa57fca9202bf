#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

/// A factor as a stack of matrices, with `transposed` and a missing axis taken care of.
DualArray as_matrices(DualArray x, Operand form, std::ptrdiff_t missing) {
    if (x.shape.size() == 1) {
        return unsqueeze(x, missing);
    }
    return form == Operand::transposed ? transpose(x) : x;
}

}  // namespace

// y_ij = sum_k a_ik b_kj is the sum over k of an array with the axes i, k, j.
DualArray matmul(const DualArray& a, const DualArray& b, Operand of_a, Operand of_b) {
    const DualArray rows = unsqueeze(as_matrices(a, of_a, 0), -1);      // [..., i, k, 1]
    const DualArray columns = unsqueeze(as_matrices(b, of_b, -1), -3);  // [..., 1, k, j]
    DualArray y = reduce_sum(rows * columns, {-2});
    y = a.shape.size() == 1 ? squeeze(y, -2) : y;
    return b.shape.size() == 1 ? squeeze(y, -1) : y;
}

}  // namespace xtape::dual
