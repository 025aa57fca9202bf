#pragma once

#include "trainer.hpp"

namespace g2p {

/// How far training has come, when it ends, and how fast to learn meanwhile.
class Plan {
public:
    explicit Plan(const TrainingSettings& settings);

    /// Told after each step: how many are done, and how long that took. Where the planned steps do
    /// not fit into the time, the plan is cut to those that do.
    void advance(std::size_t step, double seconds);

    bool is_done() const { return part_ >= 1; }
    std::size_t steps() const { return steps_; }  // planned; 0 if time alone decides
    double seconds_left() const;

    /// Whether the next of evenly spread evaluations is due; the last is when the plan is done.
    bool evaluation_is_due();

    /// Of the optimiser for the step that comes now: warm-up and inverse square root, and in the last
    /// part of the plan times a factor that falls to 0.
    double rate() const;

private:
    const TrainingSettings& settings_;
    std::size_t steps_;
    std::size_t step_ = 0;
    double seconds_ = 0;
    double part_ = 0;         // of the plan that is done, in [0, 1]
    double evaluations_ = 0;  // that have been due
};

}  // namespace g2p
