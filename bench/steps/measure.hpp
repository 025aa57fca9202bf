#pragma once

#include <functional>

#include "problem.hpp"

namespace steps_bench {

/// What a training step showed, and the milliseconds that it took.
struct Step {
    double loss;
    double forward, backward, optimiser;
};

/// Makes a training step with a batch.
using Train = std::function<Step(const Batch& batch)>;

/// A system makes its model, and returns what a step is. What training needs beyond the weights, such
/// as the optimiser's memory, comes with the first step, so that it is counted.
using SetUp = std::function<Train(const Case& problem, std::size_t threads)>;

/// The main function of a program that is called `PROGRAM CASE THREADS SECONDS [FILE]`: warms up, in
/// ten steps whose losses are checked against FILE, or written to it (see bench/support/agreement.hpp),
/// and then measures steps as "forward_milliseconds", "backward_milliseconds" and
/// "optimiser_milliseconds". Without FILE every batch is seen once before.
int measure_steps(int argc, char** argv, const SetUp& set_up);

}  // namespace steps_bench
