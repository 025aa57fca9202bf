#include <xtape/core/detail/rules.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr double slack = sizeof(Real) == sizeof(double) ? 1e-12 : 1e-5;

struct Pause {
    Pause() { Journal::here().pause(); }
    ~Pause() { Journal::here().resume(); }
};

/// Whether adding to what is there is adding what the pullback returns.
bool adds(const Input& input, const Array& g, const Array& share) {
    const Array start = random_weights(share.shape(), 1);
    Array sum = start;
    input.add_pullback(sum, g);
    Array expected = start;
    expected += share;
    return equal_but_for_rounding(expected, sum);
}

std::string problem_of(const Input& input, const Array& g) {
    const Variable held(g);
    const Variable share = input.pullback(held);
    if (!same_bits(held.value(), g)) {
        return "its rule changes its cotangent";
    }
    const Array first = share.value();
    const Array from_own = input.pullback(Variable(Array(g))).value();
    if (!equal_but_for_rounding(first, from_own)) {
        return "its rule depends on whether anybody else holds the cotangent";
    }
    input.pullback(Variable(Array(g.shape(), 0)));
    if (!same_bits(share.value(), first)) {
        return "its rule returns numbers that its next call changes";
    }
    if (input.add_pullback && !adds(input, held.value(), first)) {
        return "adding into a gradient differs from adding what its rule returns";
    }
    return same_bits(held.value(), g) ? "" : "its rule changes its cotangent";
}

/// The first output, of those from `start` on, that is no longer what it was.
std::string problem_of_outputs(std::size_t start, const std::vector<Array>& before) {
    for (std::size_t i = 0; i < before.size(); ++i) {
        const Journal::Entry& entry = Journal::here().entry(start + i);
        if (!same_bits(entry.watched->value(), before[i])) {
            return text("a rule changes the output of ", entry.operation.name, ", #", i + 1);
        }
    }
    return "";
}

}  // namespace

bool equal_but_for_rounding(const Array& a, const Array& b) {
    if (a.shape() != b.shape()) {
        return false;
    }
    const double largest = std::max(magnitude_of(a), magnitude_of(b));
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double p = double{a.data()[i]};
        const double q = double{b.data()[i]};
        const bool same = p == q || (std::isnan(p) && std::isnan(q));
        if (!same && !(std::abs(p - q) <= slack * largest)) {
            return false;
        }
    }
    return true;
}

std::string problem_of_rules(Subject& subject, std::uint64_t seed) {
    Journal& journal = Journal::here();
    const std::size_t start = journal.size();
    const Tape tape(Watch::yes);
    const Variable y = subject();
    const Pause pause;  // the tape shall not see what the rules do
    std::vector<Array> before;
    for (std::size_t i = start; i < journal.size(); ++i) {
        before.push_back(journal.entry(i).watched->value());
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (std::size_t k = 0; k < journal.input_count(start + i); ++k) {
            const Array g = random_weights(before[i].shape(), seed + i);
            std::string problem = problem_of(journal.input(start + i, k), g);
            if (!problem.empty()) {
                return text(journal.entry(start + i).operation.name, ", #", i + 1, ", operand ", k,
                            ": ", problem);
            }
            problem = problem_of_outputs(start, before);
            if (!problem.empty()) {
                return problem;
            }
        }
    }
    return "";
}

}  // namespace xtape
