#include "measure.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "reference.hpp"

namespace criterion_bench {
namespace {

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

double milliseconds_of(const Iteration& iterate, std::size_t times) {
    const Look look_away = [](double, std::initializer_list<const float*>) {};
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < times; ++i) {
        iterate(look_away);
    }
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    return time.count() / static_cast<double>(times);
}

void check_first(const Iteration& iterate, const Reference* reference) {
    bool looked = reference == nullptr;
    iterate([&](double loss, std::initializer_list<const float*> gradients) {
        if (reference != nullptr) {
            reference->check(loss, gradients);
            looked = true;
        }
    });
    if (!looked) {
        throw std::logic_error("this system showed no gradients");
    }
}

/// Short iterations are measured several at a time, so that the clock does not count.
std::size_t iterations_at_a_time(const Iteration& iterate) {
    double once = milliseconds_of(iterate, 1);
    if (once < 20) {
        once = std::min(once, milliseconds_of(iterate, 3));
    }
    return static_cast<std::size_t>(std::ceil(3 / once));
}

void print(const std::vector<double>& times, double extra_bytes, double faults,
           const std::string& note) {
    std::cout.precision(9);
    std::cout << "{\"milliseconds\": [";
    for (std::size_t i = 0; i < times.size(); ++i) {
        std::cout << (i == 0 ? "" : ", ") << times[i];
    }
    std::cout << "], \"extra_peak_bytes\": " << extra_bytes << ", \"page_faults\": " << faults
              << ", \"note\": \"" << note << "\"}" << std::endl;
}

void run(const Task& task, const SetUp& set_up, const Reference* reference,
         const std::string& note) {
    const Iteration iterate = set_up(task);
    forget_peak();
    const double bytes_before = memory_status("VmRSS");
    check_first(iterate, reference);
    const std::size_t at_a_time = iterations_at_a_time(iterate);

    std::vector<double> times;
    const auto start = std::chrono::steady_clock::now();
    const double faults_before = page_faults();
    do {
        times.push_back(milliseconds_of(iterate, at_a_time));
    } while (times.size() < 3 || std::chrono::steady_clock::now() - start <
                                     std::chrono::duration<double>(task.seconds));
    const double faults = page_faults() - faults_before;

    print(times, memory_status("VmHWM") - bytes_before,
          faults / static_cast<double>(times.size() * at_a_time), note);
}

}  // namespace

int measure(int argc, char** argv, const SetUp& set_up, Checked checked, const std::string& note) {
    try {
        if (argc != 5) {
            throw std::invalid_argument("expected CASE SYSTEM THREADS SECONDS");
        }
        const Task task{find_case(argv[1]), argv[2], std::stoul(argv[3]), std::stod(argv[4])};
        const Reference reference(task.problem);
        run(task, set_up, checked == Checked::yes ? &reference : nullptr, note);
        return 0;
    } catch (const std::exception& e) {
        std::cerr << argv[0] << ": " << e.what() << '\n';
        return 1;
    }
}

}  // namespace criterion_bench
