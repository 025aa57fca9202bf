#include "tests/dual/properties.hpp"

#include <algorithm>
#include <cstring>

#include <xtape/core/tape.hpp>

namespace xtape::dual {

namespace {

using Arrays = std::vector<Array>;

std::vector<Variable> variables(const Program& program) {
    return {program.leaves.begin(), program.leaves.end()};
}

Arrays read(Tape& tape, const Variable& y, const Array& g, const std::vector<Variable>& x,
            Keep keep = Keep::no) {
    Arrays gradients;
    for (const Variable& gradient : tape.gradients(y, g, x, keep)) {
        gradients.push_back(gradient.value());
    }
    return gradients;
}

Arrays gradients_of(const Program& program, const Array& g, Hold hold = Hold::all) {
    const std::vector<Variable> x = variables(program);
    Tape tape;
    return read(tape, run(program, x, hold), g, x);
}

bool same_bits(const Array& a, const Array& b) {
    return a.shape() == b.shape() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0);
}

std::string unequal_bits(const char* what, const Arrays& a, const Arrays& b) {
    const bool same = std::equal(a.begin(), a.end(), b.begin(), b.end(), same_bits);
    return same ? "" : std::string(what) + "\n";
}

Array times(Array x, Real factor) {
    std::for_each(x.data(), x.data() + x.size(), [factor](Real& v) { v *= factor; });
    return x;
}

/// g where k is even or odd, 0 elsewhere.
Array every_other(Array g, std::size_t parity) {
    for (std::size_t k = 1 - parity; k < g.size(); k += 2) {
        g.data()[k] = 0;
    }
    return g;
}

/// Reads one tape four times: for g, for g again, for 2 g, and for the two halves of g.
std::string faults_of_reading(const Program& program, const Array& g, const Expected& expected) {
    const std::vector<Variable> x = variables(program);
    Tape tape;
    const Variable y = run(program, x);
    const Arrays once = read(tape, y, g, x, Keep::yes);
    const Arrays twice = read(tape, y, g, x, Keep::yes);
    Arrays halved = read(tape, y, times(g, 2), x, Keep::yes);
    Arrays even = read(tape, y, every_other(g, 0), x, Keep::yes);
    const Arrays odd = read(tape, y, every_other(g, 1), x);
    for (std::size_t i = 0; i < once.size(); ++i) {
        halved[i] = times(halved[i], 0.5);
        std::transform(even[i].data(), even[i].data() + even[i].size(), odd[i].data(),
                       even[i].data(), std::plus<>());
    }
    return unequal_bits("a second reading gives other gradients", once, twice) +
           mismatch("half the gradient for twice the cotangent", halved, expected.first) +
           mismatch("the sum of the gradients for two halves of the cotangent", even,
                    expected.first);
}

}  // namespace

std::string fault_of(const Program& program, std::uint64_t seed) try {
    RandomChoices choices(seed);
    const Subject subject = subject_of(program);
    const Directions directions = draw_directions(subject, choices);
    const Expected expected = expected_of(subject, directions);
    const Array& g = directions.g;
    return compare(subject, directions, expected) + faults_of_reading(program, g, expected) +
           mismatch("the gradient in another order", gradients_of(reordered(program, choices), g),
                    expected.first) +
           unequal_bits("dropped results change a gradient", gradients_of(program, g, Hold::all),
                        gradients_of(program, g, Hold::needed));
} catch (const std::exception& error) {
    return text("it throws: ", error.what(), "\n");
}

std::string report_on(const Program& program, std::uint64_t seed) {
    if (!has_results(program) || fault_of(program, seed).empty()) {
        return "";
    }
    const auto fails = [seed](const Program& p) { return !fault_of(p, seed).empty(); };
    const Program shortest = shrunk(program, fails);
    return fault_of(shortest, seed) + to_string(shortest);
}

}  // namespace xtape::dual
