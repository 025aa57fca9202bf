#include <xtape/train/average.hpp>

#include <algorithm>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

MovingAverage::MovingAverage(std::vector<Variable> parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
    if (!(decay >= 0 && decay < 1)) {
        throw ValueError(text("MovingAverage: decay ", decay, " is outside [0, 1)"));
    }
    for (const Variable& x : parameters_) {
        average_.push_back(x.value());
    }
}

void MovingAverage::update() {
    const double decay = std::min(decay_, (1 + steps_) / (10 + steps_));
    ++steps_;
    const Batch weight(static_cast<Real>(1 - decay));
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        Array& a = average_[i];
        map(
            a, [weight](Batch mean, Batch x) { return mean + weight * (x - mean); }, a,
            parameters_[i].value());
    }
}

void MovingAverage::exchange() {
    if (is_recording()) {
        throw TapeError(
            "MovingAverage: an exchange while a tape records would falsify its gradients; take the "
            "gradients first");
    }
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        Array& numbers = numbers_of(parameters_[i]);
        std::swap_ranges(numbers.begin(), numbers.end(), average_[i].begin());
    }
}

}  // namespace xtape
