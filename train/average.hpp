#pragma once

#include <vector>

#include <xtape/core/variable.hpp>

namespace xtape {

/// An exponential moving average of parameters, which generalises better than their last values:
///
///     a <- d a + (1 - d) x,    d = min(decay, (1 + t) / (10 + t)) after t steps,
///
/// Polyak and Juditsky 1992 in its exponential form; the ramp forgets the random start.
class MovingAverage {
public:
    /// Throws ValueError unless decay is in [0, 1).
    MovingAverage(std::vector<Variable> parameters, double decay);

    /// Takes in the parameters as they are now.
    void update();

    /// Exchanges the parameters and their averages: once to evaluate or save the averages, once
    /// more to go on training. Throws TapeError while a tape records; then nothing has changed.
    void exchange();

private:
    std::vector<Variable> parameters_;
    std::vector<Array> average_;
    double decay_;
    double steps_ = 0;
};

}  // namespace xtape
