#pragma once

#include <functional>
#include <initializer_list>
#include <string>

#include "problem.hpp"

namespace criterion_bench {

/// Shows the loss and the gradients of an iteration while they are there.
using Look = std::function<void(double loss, std::initializer_list<const float*> gradients)>;

/// Once forward and backward, and then `look` at what came out.
using Iteration = std::function<void(const Look& look)>;

struct Task {
    Case problem;
    std::string system;
    std::size_t threads;
    double seconds;  // how long to measure; at least three iterations
};

/// A system sets itself up with its inputs and returns what an iteration is.
using SetUp = std::function<Iteration(const Task&)>;

/// The gradients of a yardstick are nobody's.
enum class Checked { yes, no };

/// The main function of a program that is called `PROGRAM CASE SYSTEM THREADS SECONDS`: checks the
/// first iteration, measures the following ones as "milliseconds" and prints what bench/support does.
int measure(int argc, char** argv, const SetUp& set_up, Checked checked = Checked::yes,
            const std::string& note = "");

}  // namespace criterion_bench
