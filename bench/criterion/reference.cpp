#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace criterion_bench {
namespace {

constexpr std::size_t weight_rows_apart = 16;  // one row of W in so many is looked at

// Some systems add 32000 exponentials up one after the other in single precision.
constexpr double tolerance = 5e-4;

void expect_close(const char* what, double actual, double expected, double allowed) {
    if (!(std::abs(actual - expected) <= allowed)) {
        throw std::runtime_error(std::string(what) + ": " + std::to_string(actual) + ", expected " +
                                 std::to_string(expected));
    }
}

}  // namespace

const Case& find_case(const std::string& name) {
    const auto found = std::find_if(cases.begin(), cases.end(),
                                    [&](const Case& problem) { return name == problem.name; });
    if (found == cases.end()) {
        throw std::invalid_argument("there is no case " + name);
    }
    return *found;
}

Reference::Reference(const Case& problem)
    : problem_(problem),
      share_(smoothing / static_cast<double>(problem.classes)),
      logits_(different_rows, std::vector<double>(problem.classes)),
      hits_(problem.classes, std::vector<double>(different_rows)) {
    set_logits();
    for (const auto& row : logits_) {
        double sum = 0;
        for (const double z : row) {
            sum += std::exp(z);
        }
        log_sums_.push_back(std::log(sum));
    }
    for (std::size_t i = 0; i < problem.rows; ++i) {
        ++hits_[static_cast<std::size_t>(target_at(i, problem.classes))][i % different_rows];
    }
}

void Reference::set_logits() {
    for (std::size_t j = 0; j < problem_.classes; ++j) {
        for (std::size_t i = 0; i < different_rows; ++i) {
            logits_[i][j] = problem_.width == 0 ? logit_at(i, j) : bias_at(j);
        }
        for (std::size_t k = 0; k < problem_.width; ++k) {
            const double w = weight_at(k, j);
            for (std::size_t i = 0; i < different_rows; ++i) {
                logits_[i][j] += w * hidden_at(i, k);
            }
        }
    }
}

double Reference::softmax(std::size_t row, std::size_t j) const {
    return std::exp(logits_[row][j] - log_sums_[row]);
}

void Reference::check(double loss, std::initializer_list<const float*> gradients) const {
    check_loss(loss);
    const auto* gradient = gradients.begin();
    if (problem_.width == 0) {
        check_logits(gradient[0]);
    } else {
        check_hidden(gradient[0]);
        check_weight(gradient[1]);
        check_bias(gradient[2]);
    }
}

void Reference::check_loss(double loss) const {
    double expected = 0;
    for (std::size_t i = 0; i < problem_.rows; ++i) {
        const auto& z = logits_[i % different_rows];
        expected += log_sums_[i % different_rows] -
                    (1 - smoothing) * z[static_cast<std::size_t>(target_at(i, problem_.classes))];
    }
    for (std::size_t i = 0; i < different_rows; ++i) {
        double sum = 0;
        for (const double z : logits_[i]) {
            sum += z;
        }
        expected -= share_ * sum * static_cast<double>(problem_.rows / different_rows);
    }
    expect_close("loss", loss, expected, 2e-5 * expected);
}

// dL/dz_ij = p_ij - eps / V - (1 - eps) [j = t]
void Reference::check_logits(const float* gradient) const {
    for (std::size_t i = 0; i < different_rows; ++i) {
        for (const std::size_t row : {i, problem_.rows - different_rows + i}) {
            const auto t = static_cast<std::size_t>(target_at(row, problem_.classes));
            for (std::size_t j = 0; j < problem_.classes; ++j) {
                const double expected = softmax(i, j) - share_ - (j == t ? 1 - smoothing : 0);
                expect_close("logits' gradient", gradient[row * problem_.classes + j], expected,
                             tolerance * (std::abs(expected) + share_));
            }
        }
    }
}

// dh = g W'
void Reference::check_hidden(const float* gradient) const {
    for (std::size_t i = 0; i < different_rows; ++i) {
        for (std::size_t k = 0; k < problem_.width; k += weight_rows_apart) {
            const auto t = static_cast<std::size_t>(target_at(i, problem_.classes));
            double expected = -(1 - smoothing) * weight_at(k, t);
            for (std::size_t j = 0; j < problem_.classes; ++j) {
                expected += (softmax(i, j) - share_) * weight_at(k, j);
            }
            expect_close("hidden states' gradient", gradient[i * problem_.width + k], expected,
                         tolerance * (0.1 + std::abs(expected)));
        }
    }
}

// dW = h' g
void Reference::check_weight(const float* gradient) const {
    const auto times = static_cast<double>(problem_.rows / different_rows);
    for (std::size_t j = 0; j < problem_.classes; ++j) {
        for (std::size_t k = 0; k < problem_.width; k += weight_rows_apart) {
            double expected = 0;
            for (std::size_t i = 0; i < different_rows; ++i) {
                const double g = times * (softmax(i, j) - share_) - (1 - smoothing) * hits_[j][i];
                expected += g * hidden_at(i, k);
            }
            expect_close("weight's gradient", gradient[k * problem_.classes + j], expected,
                         tolerance * (1 + std::abs(expected)));
        }
    }
}

// db = the sum of g over the rows
void Reference::check_bias(const float* gradient) const {
    const auto times = static_cast<double>(problem_.rows / different_rows);
    for (std::size_t j = 0; j < problem_.classes; ++j) {
        double expected = 0;
        for (std::size_t i = 0; i < different_rows; ++i) {
            expected += times * (softmax(i, j) - share_) - (1 - smoothing) * hits_[j][i];
        }
        expect_close("bias's gradient", gradient[j], expected,
                     tolerance * (1 + std::abs(expected)));
    }
}

}  // namespace criterion_bench
