#pragma once

#include <xtape/nn/parameters.hpp>

namespace xtape {

/// The settings of Sgd. Its constructor throws ValueError for values outside their range.
struct SgdOptions {
    double rate = 0.01;     // >= 0, finite
    double momentum = 0;    // in [0, 1): the part of the velocity that is kept
    bool nesterov = false;  // needs momentum > 0
};

/// Moves each parameter against its gradient, with momentum as PyTorch has it:
///
///     v <- momentum v + g
///     x <- x - rate v,    or    x <- x - rate (g + momentum v)    with Nesterov's look ahead
///
/// Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
class Sgd {
public:
    explicit Sgd(Parameters parameters, SgdOptions options = {});

    /// One step, for one gradient per parameter, in their order; at another rate if it is given.
    /// Throws ShapeError if the gradients do not fit, ValueError for a rate outside its range,
    /// TapeError while a tape records; then nothing has changed.
    void step(const std::vector<Variable>& gradients) { step(gradients, options_.rate); }
    void step(const std::vector<Variable>& gradients, double rate);

    /// What a checkpoint has to keep, and may restore: "velocity.NAME"; nothing without momentum.
    Parameters state() const;

private:
    Parameters parameters_;
    SgdOptions options_;
    std::vector<Variable> velocity_;  // empty without momentum
};

}  // namespace xtape
