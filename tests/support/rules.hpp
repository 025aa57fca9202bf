#pragma once

#include <string>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

/// What the tests of the checks check at, and how, if nothing else matters.
inline const Array two = {0.5, -3};
inline const CheckOptions linear{Stencil::linear};

/// y = 2 x with a rule of one's choice, which is given g.
template <class Rule>
Function doubled_with(Rule rule) {
    return [rule](const std::vector<Variable>& in) {
        Array y = in[0].value();
        y *= 2;
        return record("Double", std::move(y), Input{in[0], rule});
    };
}

/// y = x^2 with a rule of one's choice, which is given x and g.
template <class Rule>
Function squared_with(Rule rule) {
    return [rule](const std::vector<Variable>& in) {
        const Variable x = in[0];
        const auto pullback = [rule, x](const Variable& g) { return rule(x, g); };
        Array y = x.value();
        y *= x.value();
        return record("Square", std::move(y), Input{x, pullback});
    };
}

/// A rule that forgot its path.
inline Variable zeros_like(const Variable& g) {
    return Variable(Array(g.shape(), 0));
}

/// The only fault on the path, with the number of its operation in front.
inline std::string fault_in(const CheckReport& report) {
    std::string fault;
    for (const PathStep& step : report.path) {
        if (!step.fault.empty()) {
            fault += "#" + std::to_string(step.number) + " " + step.call + ": " + step.fault;
        }
    }
    return fault;
}

}  // namespace xtape
