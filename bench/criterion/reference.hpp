#pragma once

#include <initializer_list>
#include <vector>

#include "problem.hpp"

namespace criterion_bench {

/// The loss and its gradients in double precision, straight from the formula
///
///     loss = sum_i  log sum_j exp z_ij - (1 - eps) z_it - eps / V sum_j z_ij.
class Reference {
public:
    explicit Reference(const Case& problem);

    /// `gradients` are those of the logits, or of hidden states, weight and bias. Throws
    /// std::runtime_error if a number is not what single precision should get.
    void check(double loss, std::initializer_list<const float*> gradients) const;

private:
    void set_logits();
    double softmax(std::size_t row, std::size_t j) const;
    void check_loss(double loss) const;
    void check_logits(const float* gradient) const;
    void check_hidden(const float* gradient) const;
    void check_weight(const float* gradient) const;
    void check_bias(const float* gradient) const;

    Case problem_;
    double share_;                             // eps / V
    std::vector<std::vector<double>> logits_;  // of the rows that differ
    std::vector<double> log_sums_;             // log sum_j exp z_ij of each
    std::vector<std::vector<double>>
        hits_;  // [class][row that differs]: how often it is the target
};

}  // namespace criterion_bench
