#pragma once

#include <vector>

#include "tests/dual/draft.hpp"

namespace xtape::dual {

/// One form of one operator, under the name it is declared by.
struct Row {
    const char* name;
    std::function<Call(Draft&)> draft;  // throws NothingFits
};

/// A row for each declaration of an operator in ops/; the criterion, which is composed of them.
const std::vector<Row>& operators();
const std::vector<Row>& criteria();

/// Both.
const std::vector<Row>& table();

/// Calls that break a rule, and must be refused.
const std::vector<Row>& misuses();

// The families that operators() consists of.
std::vector<Row> elementwise_rows();
std::vector<Row> pairwise_rows();
std::vector<Row> place_rows();
std::vector<Row> selection_rows();
std::vector<Row> reduction_rows();
std::vector<Row> normalisation_rows();
std::vector<Row> attention_rows();

}  // namespace xtape::dual
