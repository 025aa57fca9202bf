#include "measure.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

using Iterate = std::function<Times()>;

/// VmRSS or VmHWM, the peak of it, in bytes.
double memory_status(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == key + ":") {
            double kilobytes = 0;
            status >> kilobytes;
            return 1024 * kilobytes;
        }
    }
    throw std::runtime_error("/proc/self/status has no " + key);
}

/// From now on the peak is that of what follows. Not every kernel lets us: then what came before,
/// the libraries' start above all, counts if it was more.
void forget_peak() {
    std::ofstream("/proc/self/clear_refs") << 5;
}

double page_faults() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_minflt + usage.ru_majflt);
}

Times run_parts(const std::vector<Part>& parts) {
    Times times;
    Stopwatch watch;
    for (const Part& part : parts) {
        part.run();
        times.push_back(watch.lap());
    }
    return times;
}

/// The mean over so many iterations.
Times times_of(const Iterate& iterate, std::size_t iterations) {
    Times sums = iterate();
    for (std::size_t i = 1; i < iterations; ++i) {
        const Times more = iterate();
        std::transform(more.begin(), more.end(), sums.begin(), sums.begin(), std::plus<>());
    }
    for (double& sum : sums) {
        sum /= static_cast<double>(iterations);
    }
    return sums;
}

double total(const Times& times) {
    return std::accumulate(times.begin(), times.end(), 0.0);
}

/// Short iterations are measured several at a time, so that what stands around them does not count.
std::size_t iterations_at_a_time(const Iterate& iterate) {
    double once = total(times_of(iterate, 1));
    if (once < 20) {
        once = std::min(once, total(times_of(iterate, 3)));
    }
    return static_cast<std::size_t>(std::ceil(3 / once));
}

void print(const std::string& name, std::size_t p, const std::vector<Times>& all) {
    std::cout << '"' << name << "\": [";
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::cout << (i == 0 ? "" : ", ") << all[i][p];
    }
    std::cout << "], ";
}

}  // namespace

void measure(const std::function<void()>& first, const std::vector<Part>& parts, double seconds,
             const std::string& note) {
    std::vector<std::string> names;
    for (const Part& part : parts) {
        names.push_back(part.name);
    }
    measure(
        first, names, [&] { return run_parts(parts); }, seconds, note);
}

void measure(const std::function<void()>& first, const std::vector<std::string>& names,
             const Iterate& iterate, double seconds, const std::string& note) {
    forget_peak();
    const double bytes_before = memory_status("VmRSS");
    first();
    const std::size_t at_a_time = iterations_at_a_time(iterate);

    std::vector<Times> all;
    Stopwatch watch;
    double milliseconds = 0;
    const double faults_before = page_faults();
    do {
        all.push_back(times_of(iterate, at_a_time));
        milliseconds += watch.lap();
    } while (all.size() < 3 || milliseconds < 1000 * seconds);
    const double faults = page_faults() - faults_before;

    std::cout.precision(9);
    std::cout << '{';
    for (std::size_t p = 0; p < names.size(); ++p) {
        print(names[p], p, all);
    }
    std::cout << "\"extra_peak_bytes\": " << memory_status("VmHWM") - bytes_before
              << ", \"page_faults\": " << faults / static_cast<double>(all.size() * at_a_time)
              << ", \"note\": \"" << note << "\"}" << std::endl;
}

double Stopwatch::lap() {
    const Clock::time_point now = Clock::now();
    return std::chrono::duration<double, std::milli>(now - std::exchange(last_, now)).count();
}

int guarded(const char* program, const std::function<void()>& main) {
    try {
        main();
        return 0;
    } catch (const std::exception& e) {
        std::cerr << program << ": " << e.what() << '\n';
        return 1;
    }
}

}  // namespace bench
