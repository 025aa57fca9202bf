#pragma once

#include <vector>

#include "tests/fuzz/criterion_case.hpp"

namespace fuzz {

/// A number by its definition, and how far from it rounding may carry the library.
struct Estimate {
    double value = 0;
    double tolerance = 0;
};

struct Expected {
    std::vector<Estimate> loss;      // one number, or one a row
    std::vector<Estimate> gradient;  // dL/dscores; for a loss matrix, of <cotangent, loss>
};

/// The definition, row by row in plain loops, for a call without an error:
///
///     loss       sum_k q(k) w(k) (-log p(k)), and 0 for PAD
///     gradient   -q(k) w(k) of log-probabilities, and 0 for PAD; of logits
///                softmax(k) sum_j q(j) w(j) more
Expected expected_of(const CriterionCase& c);

}  // namespace fuzz
