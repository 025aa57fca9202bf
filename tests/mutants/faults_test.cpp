// Rules that are wrong on purpose: does the comparison with definitions notice every one?

#include "tests/mutants/faults.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "tests/dual/sample.hpp"

using namespace xtape;

namespace {

/// A sample of an operator, and what is to come out.
struct Exercise {
    explicit Exercise(const dual::Row& row, std::uint64_t seed)
        : choices(seed),
          subject(dual::subject_of(dual::sample(row, choices))),
          directions(dual::draw_directions(subject, choices)),
          expected(dual::expected_of(subject, directions)) {}

    bool is_passed() const try {
        return dual::compare(subject, directions, expected).empty();
    } catch (const std::exception&) {
        return false;  // exchanged operands have other shapes
    }

    dual::RandomChoices choices;
    dual::Subject subject;
    dual::Directions directions;
    dual::Expected expected;
};

/// How many operands each operation has that this exercise records, on the way back, too.
std::map<std::string, std::size_t> operations_in(const std::vector<Exercise>& exercises) {
    std::map<std::string, std::size_t> operands;
    const Interception watch([&](const Operation& operation, Variable&, Input*, std::size_t count) {
        std::size_t& most = operands[operation.name];
        most = std::max(most, count);
    });
    for (const Exercise& exercise : exercises) {
        exercise.is_passed();
    }
    return operands;
}

std::vector<Fault> faults_in(const std::map<std::string, std::size_t>& operations) {
    std::vector<Fault> faults;
    for (const auto& [op, operands] : operations) {
        for (std::size_t slot = 0; slot < operands; ++slot) {
            for (const Kind kind : all_kinds()) {
                faults.push_back({op, slot, kind});
            }
        }
    }
    return faults;
}

struct Tally {
    std::set<std::string> noticed, had_effect;
};

void try_on(const Fault& fault, const std::vector<Exercise>& exercises, Tally& tally) {
    for (const Exercise& exercise : exercises) {
        std::size_t effects = 0;
        const Interception interception(making(fault, effects));
        const bool is_passed = exercise.is_passed();
        if (effects > 0) {
            tally.had_effect.insert(to_string(fault));
        }
        if (!is_passed) {
            tally.noticed.insert(to_string(fault));
            return;
        }
    }
}

}  // namespace

TEST_SUITE("a wrong rule") {
    TEST_CASE("of any operand of any operator is noticed") {
        Tally tally;
        for (const dual::Row& row : dual::table()) {
            std::vector<Exercise> exercises;
            for (std::uint64_t seed = 0; seed < 10; ++seed) {
                exercises.emplace_back(row, seed);
            }
            for (const Fault& fault : faults_in(operations_in(exercises))) {
                try_on(fault, exercises, tally);
            }
        }
        CHECK(tally.noticed.size() > 800);
        for (const std::string& fault : tally.had_effect) {
            CHECK_MESSAGE(tally.noticed.count(fault) == 1, fault);
        }
    }
}
