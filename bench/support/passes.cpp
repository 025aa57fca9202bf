#include "passes.hpp"

#include <stdexcept>

#include "agreement.hpp"
#include "measure.hpp"

namespace bench {

int measure_passes(int argc, char** argv, const SetUp& set_up) {
    return guarded(argv[0], [&] {
        if (argc != 5) {
            throw std::invalid_argument("expected CASE THREADS SECONDS FILE");
        }
        const Passes passes = set_up(argv[1], std::stoi(argv[2]));
        const auto first = [&] {
            Agreement agreement(argv[4]);
            passes.forward();
            passes.backward(
                [&](const float* numbers, std::size_t count) { agreement.show(numbers, count); });
        };
        const Look nobody;
        measure(first,
                {{"forward_milliseconds", passes.forward},
                 {"backward_milliseconds", [&] { passes.backward(nobody); }}},
                std::stod(argv[3]));
    });
}

}  // namespace bench
