#pragma once

#include <xtape/core/random.hpp>
#include <xtape/core/variable.hpp>

namespace xtape {

/// y = 0 with probability `rate` and x / (1 - rate) otherwise, element by element.
///
/// Whether a model is being trained or used is not a state of the model but an argument of the call:
/// who trains passes a source of random numbers down to here; without one, y = x.
///
///     model(source, target, &random)    // training
///     model(source, target)             // evaluation
///
/// The constructor throws ValueError unless 0 <= rate < 1.
struct Dropout {
    explicit Dropout(double probability = 0);

    Variable operator()(Variable x, Random* random = nullptr) const;

    double rate;
};

}  // namespace xtape
