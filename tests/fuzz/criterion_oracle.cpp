#include "tests/fuzz/criterion_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fuzz {

using namespace xtape;

namespace {

/// The softened target. The library weighs two terms that may cancel; `magnitude` is of both.
struct Weight {
    double q;
    double magnitude;
};

Weight weight_of(const LabelSmoothedCrossEntropy& criterion, std::int64_t k, std::int64_t target,
                 std::size_t classes) {
    const double eps = criterion.smoothing;
    const auto v = static_cast<double>(classes);
    const double hit = k == target ? 1 - eps : 0;
    switch (criterion.convention) {
        case Convention::uniform:
            return {hit + eps / v, hit + eps / v};
        case Convention::wrong_classes:
            return {k == target ? hit : eps / (v - 1), hit + 2 * eps / (v - 1)};
        default:
            if (k == *criterion.ignore_index) {
                return {0, 0};
            }
            return {k == target ? hit : eps / (v - 2), hit + 2 * eps / (v - 2)};
    }
}

/// log p(k) of one row, and how large the numbers were from which it came.
struct LogProbability {
    double value;
    double magnitude;
};

std::vector<LogProbability> log_probabilities(const CriterionCase& c, std::size_t row) {
    const double* const x = c.scores.data() + row * c.classes();
    double highest = 0;
    double log_sum = 0;
    if (c.from_logits) {
        highest = *std::max_element(x, x + c.classes());
        double sum = 0;
        for (std::size_t k = 0; k < c.classes(); ++k) {
            sum += std::exp(x[k] - highest);
        }
        log_sum = std::log(sum);
    }
    std::vector<LogProbability> row_of_logs;
    for (std::size_t k = 0; k < c.classes(); ++k) {
        const double magnitude = std::abs(x[k]) + std::abs(highest) + log_sum + c.from_logits;
        row_of_logs.push_back({x[k] - highest - log_sum, std::isfinite(magnitude) ? magnitude : 0});
    }
    return row_of_logs;
}

/// Rounding errors relative to the magnitude of what was added up. Below 1e-300 an exponential may
/// be flushed to zero.
double tolerance_of(const CriterionCase& c, double magnitude) {
    const auto terms = static_cast<double>(c.rows() + c.classes() + 4);
    const double relative = 4 * terms * std::numeric_limits<double>::epsilon();
    return magnitude == 0 ? 0 : relative * magnitude + 1e-300 * c.from_logits + 1e-320;
}

void add(Estimate& sum, double value, double tolerance) {
    sum.value += value;
    sum.tolerance += tolerance;
}

/// What multiplies the loss of one row on its way into the result, and of its gradient.
double factor_of(const CriterionCase& c, std::size_t row) {
    switch (c.criterion.reduction) {
        case Reduction::sum:
            return 1;
        case Reduction::mean: {
            double live = 0;
            for (std::size_t i = 0; i < c.rows(); ++i) {
                live += !c.is_pad(i);
            }
            return 1 / live;
        }
        default:
            return c.cotangent.data()[row];
    }
}

void add_live_row(const CriterionCase& c, std::size_t row, Expected& expected) {
    const bool is_matrix = c.criterion.reduction == Reduction::none;
    const double factor = factor_of(c, row);
    const std::vector<LogProbability> logs = log_probabilities(c, row);
    Estimate& loss = expected.loss[is_matrix ? row : 0];
    for (std::size_t k = 0; k < c.classes(); ++k) {
        const Weight weight =
            weight_of(c.criterion, static_cast<std::int64_t>(k), c.target.data()[row], c.classes());
        const double weighed = weight.q == 0 ? 0 : weight.q * -logs[k].value;
        const double share = is_matrix ? 1 : factor;
        add(loss, share * weighed, tolerance_of(c, share * weight.magnitude * logs[k].magnitude));

        const double p = c.from_logits ? std::exp(logs[k].value) : 0;
        const double magnitude = 2 * weight.magnitude + p * (4 + logs[k].magnitude);
        add(expected.gradient[row * c.classes() + k], factor * (p - weight.q),
            tolerance_of(c, std::abs(factor) * magnitude));
    }
}

}  // namespace

Expected expected_of(const CriterionCase& c) {
    const bool is_matrix = c.criterion.reduction == Reduction::none;
    Expected expected{std::vector<Estimate>(is_matrix ? c.rows() : 1),
                      std::vector<Estimate>(c.scores.size())};
    for (std::size_t row = 0; row < c.rows(); ++row) {
        if (!c.is_pad(row)) {
            add_live_row(c, row, expected);
        }
    }
    return expected;
}

}  // namespace fuzz
