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
///     loss       sum_k q(k) (-log p(k)), and 0 for PAD
///     gradient   -q(k) of log-probabilities, softmax(k) - q(k) of logits, and 0 for PAD
Expected expected_of(const CriterionCase& c);

}  // namespace fuzz
