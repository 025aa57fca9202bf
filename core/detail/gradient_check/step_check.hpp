#pragma once

#include <optional>
#include <string>

#include <xtape/core/detail/gradient_check/replay.hpp>
#include <xtape/core/detail/journal.hpp>

namespace xtape {

/// "input 0", "#3", "a constant"
std::string name_of(const std::optional<Place>& place);

/// Calls the rules of single operations. Its tape is paused: neither the rules nor what is replayed
/// meanwhile shall be recorded on it.
class RuleCaller {
public:
    explicit RuleCaller(Subject& subject);

    /// What flows back from operation `number` to all its operands at `place`, for dL/dy = g.
    Array share(const Step& step, std::size_t number, const Place& place, const Array& g);

private:
    std::size_t start_;
    Tape tape_;
    Variable y_;
    Pause pause_;
};

/// Checks operation `number` with respect to one of its operands, apart from everything else.
class StepCheck {
public:
    StepCheck(Replay& replay, RuleCaller& rules, const CheckOptions& options, std::size_t number)
        : replay_(replay), rules_(rules), options_(options), number_(number) {}

    /// What is wrong with its rules towards `place`; empty if nothing is.
    std::string fault(const Place& place);

private:
    const Step& step() const { return replay_.steps()[number_]; }
    std::string compare(const Place& place, const Array& g, const Array& share);
    std::string complaint(const Place& place, double analytic, double numeric) const;

    Replay& replay_;
    RuleCaller& rules_;
    const CheckOptions& options_;
    std::size_t number_;
};

}  // namespace xtape
