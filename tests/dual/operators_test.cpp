#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

#include "tests/dual/sample.hpp"
#include "tests/dual/seeds.hpp"

using namespace xtape;
using namespace xtape::dual;

namespace {

std::string fault_of(const Subject& subject, Choices& choices) try {
    const Directions directions = draw_directions(subject, choices);
    return compare(subject, directions, expected_of(subject, directions));
} catch (const std::exception& error) {
    return text("it throws: ", error.what(), "\n");
}

std::string fault_of(const Row& row, std::uint64_t seed) {
    RandomChoices choices(seed);
    const Sample drawn = sample(row, choices);
    const std::string fault = fault_of(subject_of(drawn), choices);
    if (fault.empty()) {
        return "";
    }
    std::string operands;
    for (std::size_t i = 0; i < drawn.operands.size(); ++i) {
        operands += text(" #", i, " ", drawn.operands[i].shape());
    }
    return text(drawn.call.text, " for", operands, "\n", fault, "XTAPE_SEED=", seed, " repeats it");
}

}  // namespace

TEST_SUITE("every operator") {
    TEST_CASE("has the value and the derivatives that its definition has") {
        const auto [first, last] = seeds(500);
        for (const Row& row : table()) {
            for (std::uint64_t seed = first; seed < last; ++seed) {
                const std::string fault = fault_of(row, seed);
                CHECK_MESSAGE(fault.empty(), fault);
                if (!fault.empty()) {
                    break;
                }
            }
        }
    }
}
