#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// A stretch of an iteration that is timed by itself, and its name in the output.
struct Part {
    std::string name;
    std::function<void()> run;
};

/// Runs `first`, the iteration that warms up, and then the parts one after the other, again and
/// again, for `seconds` and at least three times. Prints
///
///     {"NAME": [milliseconds, ...], ..., "extra_peak_bytes": ..., "page_faults": ..., "note": "..."}
///
/// where the extra bytes are the peak of the resident set over its size before the first iteration,
/// the inputs and all libraries being there, and the page faults are those of one iteration.
void measure(const std::function<void()>& first, const std::vector<Part>& parts, double seconds,
             const std::string& note = "");

/// The same for an iteration that takes the time of its parts itself: it returns the milliseconds
/// of each name.
using Times = std::vector<double>;
void measure(const std::function<void()>& first, const std::vector<std::string>& names,
             const std::function<Times()>& iterate, double seconds, const std::string& note = "");

/// The milliseconds since it was made or asked last.
class Stopwatch {
public:
    double lap();

private:
    using Clock = std::chrono::steady_clock;

    Clock::time_point last_ = Clock::now();
};

/// Calls main and prints what it throws; returns the status of the program.
int guarded(const char* program, const std::function<void()>& main);

}  // namespace bench
