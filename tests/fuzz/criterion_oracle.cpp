#include "tests/fuzz/criterion_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fuzz {

using namespace xtape;

namespace {

/// The softened target, times the class weight. The library weighs two terms that may cancel;
/// `magnitude` is of both.
struct Weight {
    double q;
    double magnitude;
};

/// What class k has of the smoothed mass, before it is made to sum to 1.
double share_of(const LabelSmoothedCrossEntropy& criterion, std::int64_t k) {
    const auto& excluded = criterion.excluded;
    const bool is_pad =
        criterion.convention == Convention::without_padding && k == *criterion.ignore_index;
    if (is_pad || std::find(excluded.begin(), excluded.end(), k) != excluded.end()) {
        return 0;
    }
    return criterion.prior ? criterion.prior->data()[k] : 1;
}

double weight_of_class(const LabelSmoothedCrossEntropy& criterion, std::int64_t k) {
    return criterion.class_weight ? criterion.class_weight->data()[k] : 1;
}

Weight weight_of(const LabelSmoothedCrossEntropy& criterion, std::int64_t k, std::int64_t target,
                 std::size_t classes) {
    const double eps = criterion.smoothing;
    const bool is_uniform = criterion.convention == Convention::uniform;
    double sum = 0;
    for (std::int64_t j = 0; j < static_cast<std::int64_t>(classes); ++j) {
        sum += is_uniform || j != target ? share_of(criterion, j) : 0;
    }
    const double hit = k == target ? 1 - eps : 0;
    const double smooth = eps * share_of(criterion, k) / sum;
    const double w = weight_of_class(criterion, k);
    const double q = hit + (is_uniform || k != target ? smooth : 0);
    return {w * q, w * (hit + 2 * smooth)};
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
            double mass = 0;
            for (std::size_t i = 0; i < c.rows(); ++i) {
                mass += c.is_pad(i) ? 0 : weight_of_class(c.criterion, c.target.data()[i]);
            }
            return 1 / c.criterion.normaliser.value_or(mass > 0 ? mass : 1);
        }
        default:
            return c.cotangent.data()[row];
    }
}

void add_live_row(const CriterionCase& c, std::size_t row, Expected& expected) {
    const bool is_matrix = c.criterion.reduction == Reduction::none;
    const double factor = factor_of(c, row);
    const std::vector<LogProbability> logs = log_probabilities(c, row);
    std::vector<Weight> weights;
    Weight all{0, 0};
    for (std::size_t k = 0; k < c.classes(); ++k) {
        weights.push_back(weight_of(c.criterion, static_cast<std::int64_t>(k), c.target.data()[row],
                                    c.classes()));
        all.q += weights[k].q;
        all.magnitude += weights[k].magnitude;
    }
    Estimate& loss = expected.loss[is_matrix ? row : 0];
    for (std::size_t k = 0; k < c.classes(); ++k) {
        const Weight& weight = weights[k];
        const double weighed = weight.q == 0 ? 0 : weight.q * -logs[k].value;
        const double share = is_matrix ? 1 : factor;
        add(loss, share * weighed, tolerance_of(c, share * weight.magnitude * logs[k].magnitude));

        const double p = c.from_logits ? std::exp(logs[k].value) : 0;
        const double magnitude =
            2 * weight.magnitude + p * (4 + logs[k].magnitude) * std::max(1.0, all.magnitude);
        add(expected.gradient[row * c.classes() + k], factor * (all.q * p - weight.q),
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
