#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace bench {

/// Shown the values, and then each gradient, of an iteration while they are there.
using Look = std::function<void(const float* numbers, std::size_t count)>;

/// An iteration in two parts, timed apart. `backward` drops everything that came out; before, it
/// shows it if there is somebody to look.
struct Passes {
    std::function<void()> forward;
    std::function<void(const Look& look)> backward;
};

/// A system sets itself up for a case and so many threads.
using SetUp = std::function<Passes(const std::string& name, int threads)>;

/// The main function of a program that is called `PROGRAM CASE THREADS SECONDS FILE`: checks the
/// first iteration against FILE, or writes FILE (see Agreement), and measures the following ones as
/// "forward_milliseconds" and "backward_milliseconds".
int measure_passes(int argc, char** argv, const SetUp& set_up);

}  // namespace bench
