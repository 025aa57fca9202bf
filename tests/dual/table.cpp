#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

using Rows = std::vector<Row>;

Rows joined(std::initializer_list<Rows> families) {
    Rows all;
    for (const Rows& family : families) {
        all.insert(all.end(), family.begin(), family.end());
    }
    return all;
}

}  // namespace

const Rows& operators() {
    static const Rows rows =
        joined({elementwise_rows(), pairwise_rows(), place_rows(), selection_rows(),
                reduction_rows(), normalisation_rows(), attention_rows()});
    return rows;
}

const Rows& table() {
    static const Rows rows = joined({operators(), criteria()});
    return rows;
}

}  // namespace xtape::dual
