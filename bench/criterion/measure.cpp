#include "measure.hpp"

#include <stdexcept>

#include "bench/support/measure.hpp"
#include "reference.hpp"

namespace criterion_bench {
namespace {

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

}  // namespace

int measure(int argc, char** argv, const SetUp& set_up, Checked checked, const std::string& note) {
    return bench::guarded(argv[0], [&] {
        if (argc != 5) {
            throw std::invalid_argument("expected CASE SYSTEM THREADS SECONDS");
        }
        const Task task{find_case(argv[1]), argv[2], std::stoul(argv[3]), std::stod(argv[4])};
        const Reference reference(task.problem);
        const Iteration iterate = set_up(task);
        const Look look_away = [](double, std::initializer_list<const float*>) {};
        bench::measure(
            [&] { check_first(iterate, checked == Checked::yes ? &reference : nullptr); },
            {{"milliseconds", [&] { iterate(look_away); }}}, task.seconds, note);
    });
}

}  // namespace criterion_bench
