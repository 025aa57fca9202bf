#include "measure.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <numeric>
#include <stdexcept>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
using Times = std::vector<double>;  // milliseconds of each part

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

/// The mean over so many iterations.
Times times_of(const std::vector<Part>& parts, std::size_t iterations) {
    Times sums(parts.size());
    auto before = Clock::now();
    for (std::size_t i = 0; i < iterations; ++i) {
        for (std::size_t p = 0; p < parts.size(); ++p) {
            parts[p].run();
            const auto now = Clock::now();
            sums[p] += std::chrono::duration<double, std::milli>(now - before).count();
            before = now;
        }
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
std::size_t iterations_at_a_time(const std::vector<Part>& parts) {
    double once = total(times_of(parts, 1));
    if (once < 20) {
        once = std::min(once, total(times_of(parts, 3)));
    }
    return static_cast<std::size_t>(std::ceil(3 / once));
}

void print(const Part& part, std::size_t p, const std::vector<Times>& all) {
    std::cout << '"' << part.name << "\": [";
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::cout << (i == 0 ? "" : ", ") << all[i][p];
    }
    std::cout << "], ";
}

}  // namespace

void measure(const std::function<void()>& first, const std::vector<Part>& parts, double seconds,
             const std::string& note) {
    forget_peak();
    const double bytes_before = memory_status("VmRSS");
    first();
    const std::size_t at_a_time = iterations_at_a_time(parts);

    std::vector<Times> all;
    const auto start = Clock::now();
    const double faults_before = page_faults();
    do {
        all.push_back(times_of(parts, at_a_time));
    } while (all.size() < 3 || Clock::now() - start < std::chrono::duration<double>(seconds));
    const double faults = page_faults() - faults_before;

    std::cout.precision(9);
    std::cout << '{';
    for (std::size_t p = 0; p < parts.size(); ++p) {
        print(parts[p], p, all);
    }
    std::cout << "\"extra_peak_bytes\": " << memory_status("VmHWM") - bytes_before
              << ", \"page_faults\": " << faults / static_cast<double>(all.size() * at_a_time)
              << ", \"note\": \"" << note << "\"}" << std::endl;
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
