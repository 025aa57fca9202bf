#pragma once

#include <xtape/nn/parameters.hpp>

namespace xtape {

/// The settings of Adam. Its constructor throws ValueError for values outside their range.
struct AdamOptions {
    double rate = 1e-3;       // >= 0, finite
    double beta1 = 0.9;       // in [0, 1): how long the mean remembers
    double beta2 = 0.999;     // in [0, 1): how long the mean square remembers
    double epsilon = 1e-8;    // > 0
    double weight_decay = 0;  // >= 0: the part of x that goes per step, times the rate
};

/// Moves each parameter against the mean of its gradients over their root mean square:
///
///     m <- beta1 m + (1 - beta1) g
///     v <- beta2 v + (1 - beta2) g^2
///     x <- x - rate weight_decay x - rate m^ / (sqrt(v^) + epsilon)
///
/// where m^ = m / (1 - beta1^t) and v^ = v / (1 - beta2^t) make up for the start at zero, t counting
/// steps from 1. Kingma and Ba, "Adam: a method for stochastic optimization" (2015); the decay is
/// that of Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), known as AdamW.
///
/// A gradient that is nan or inf goes into m, v and x and stays there: refuse it before, as
/// clip_by_global_norm does. A parameter whose gradients were all zero is not moved.
class Adam {
public:
    explicit Adam(Parameters parameters, AdamOptions options = {});

    /// One step, for one gradient per parameter, in their order; at another rate if it is given.
    /// Throws ShapeError if the gradients do not fit, ValueError for a rate outside its range,
    /// TapeError while a tape records; then nothing has changed.
    void step(const std::vector<Variable>& gradients) { step(gradients, options_.rate); }
    void step(const std::vector<Variable>& gradients, double rate);

    /// What a checkpoint has to keep, and may restore: "steps", "mean.NAME" and "mean_square.NAME".
    Parameters state() const;

private:
    Parameters parameters_;
    AdamOptions options_;
    Variable steps_;
    std::vector<Variable> mean_;
    std::vector<Variable> mean_square_;
};

}  // namespace xtape
