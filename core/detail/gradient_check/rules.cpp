#include <xtape/core/detail/gradient_check/rules.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <set>
#include <vector>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr double slack = sizeof(Real) == sizeof(double) ? 1e-12 : 1e-5;

/// Adding to what is there must be adding what the pullback returns.
std::string problem_of_adding(const Input& input, const Array& g, const Array& share) {
    const Array start = random_weights(share.shape(), 1);
    Array sum = start;
    try {
        input.pullback.add(sum, g);
    } catch (const std::exception& error) {
        return text("adding into a gradient throws: ", error.what());
    }
    Array expected = start;
    expected += share;
    return equal_but_for_rounding(expected, sum)
               ? ""
               : "adding into a gradient differs from adding what its rule returns";
}

/// What it throws is nothing to be told here: reading the tape throws it, too, unless it is not on the
/// way to the output.
std::string problem_of(const Input& input, const Array& g) try {
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
    std::string problem;
    if (input.pullback.can_add()) {
        problem = problem_of_adding(input, held.value(), first);
    }
    return problem.empty() && !same_bits(held.value(), g) ? "its rule changes its cotangent"
                                                          : problem;
} catch (const std::exception&) {
    return "";
}

/// The tape of f, with what its operations computed.
class Outputs {
public:
    Outputs(Subject& subject, std::size_t start) : start_(start) {
        std::set<Variable::Id> dependent;
        for (const Variable& x : subject.x()) {
            dependent.insert(x.id());
        }
        for (std::size_t i = start_; i < Journal::here().size(); ++i) {
            values_.push_back(Journal::here().watched(i)->value());
            for (std::size_t k = 0; k < Journal::here().input_count(i); ++k) {
                if (dependent.count(Journal::here().input(i, k).id) > 0) {
                    dependent.insert(Journal::here().entry(i).id);
                    rules_.push_back({i - start_, k});
                }
            }
        }
    }

    /// An operation and one of its operands, if that depends on an input of f: the others' rules are
    /// nobody's concern.
    struct Rule {
        std::size_t operation, operand;
    };
    const std::vector<Rule>& rules() const { return rules_; }
    const Array& value(std::size_t i) const { return values_[i]; }

    /// The first that is no longer what it was.
    std::optional<std::size_t> changed() const {
        for (std::size_t i = 0; i < values_.size(); ++i) {
            if (!same_bits(Journal::here().watched(start_ + i)->value(), values_[i])) {
                return i;
            }
        }
        return std::nullopt;
    }

    void restore() {
        for (std::size_t i = 0; i < values_.size(); ++i) {
            Variable output = *Journal::here().watched(start_ + i);
            numbers_of(output) = values_[i];
        }
    }

    std::string name(std::size_t i) const {
        return text(Journal::here().entry(start_ + i).operation.name, ", #", i + 1);
    }

private:
    std::size_t start_;
    std::vector<Array> values_;
    std::vector<Rule> rules_;
};

std::string problem_of(const Outputs& outputs, const Outputs::Rule& rule, std::size_t start,
                       std::uint64_t seed) {
    const Array g = random_weights(outputs.value(rule.operation).shape(), seed + rule.operation);
    const std::string problem =
        problem_of(Journal::here().input(start + rule.operation, rule.operand), g);
    return problem.empty()
               ? ""
               : text(outputs.name(rule.operation), ", operand ", rule.operand, ": ", problem);
}

/// Once more, and after every rule a look at what operations had computed.
std::string culprit(Outputs& outputs, std::size_t start, std::uint64_t seed) {
    outputs.restore();
    for (const Outputs::Rule& rule : outputs.rules()) {
        problem_of(outputs, rule, start, seed);
        if (const auto victim = outputs.changed()) {
            return text(outputs.name(rule.operation), ", operand ", rule.operand,
                        ": its rule changes the output of ", outputs.name(*victim));
        }
    }
    return "a rule changes the output of an operation";
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
    const std::size_t start = Journal::here().size();
    const Tape tape(Watch::yes);
    const Variable y = subject();
    const Pause pause;  // the tape shall not see what the rules do
    Outputs outputs(subject, start);
    for (const Outputs::Rule& rule : outputs.rules()) {
        const std::string problem = problem_of(outputs, rule, start, seed);
        const std::ptrdiff_t changed = subject.restore();
        if (!problem.empty()) {
            return problem;
        }
        if (changed >= 0) {
            return text(outputs.name(rule.operation), ", operand ", rule.operand,
                        ": its rule changes the numbers of input ", changed);
        }
    }
    return outputs.changed() ? culprit(outputs, start, seed) : "";
}

}  // namespace xtape
