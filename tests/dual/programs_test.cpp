#include <doctest/doctest.h>

#include "tests/dual/properties.hpp"
#include "tests/dual/seeds.hpp"

using namespace xtape;
using namespace xtape::dual;

TEST_SUITE("every program") {
    TEST_CASE("has the value and the derivatives that its definition has, in any order") {
        const auto [first, last] = seeds(400);
        for (std::uint64_t seed = first; seed < last; ++seed) {
            RandomChoices choices(seed);
            const std::string report = report_on(draw_program(choices, 20, 10), seed);
            CHECK_MESSAGE(report.empty(), report, "XTAPE_SEED=", seed, " repeats it");
        }
    }
}
