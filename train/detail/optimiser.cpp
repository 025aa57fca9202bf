#include <xtape/train/detail/optimiser.hpp>

#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

void require_positive(const char* who, const char* setting, double value) {
    if (!(value > 0 && std::isfinite(value))) {
        throw ValueError(
            text(who, ": ", setting, " is ", value, "; it must be positive and finite"));
    }
}

void require_not_negative(const char* who, const char* setting, double value) {
    if (!(value >= 0 && std::isfinite(value))) {
        throw ValueError(
            text(who, ": ", setting, " is ", value, "; it must be finite and not negative"));
    }
}

void require_below_one(const char* who, const char* setting, double value) {
    if (!(value >= 0 && value < 1)) {
        throw ValueError(text(who, ": ", setting, " is ", value, "; it must be in [0, 1)"));
    }
}

void require_gradients(const char* who, const Parameters& parameters,
                       const std::vector<Variable>& gradients) {
    if (is_recording()) {
        throw TapeError(text(who,
                             ": a step while a tape records would falsify its gradients; take the "
                             "gradients first"));
    }
    if (gradients.size() != parameters.size()) {
        throw ShapeError(text(who, ": ", gradients.size(), " gradients for ", parameters.size(),
                              " parameters; each parameter takes one, in their order"));
    }
    std::size_t i = 0;
    for (const auto& [name, parameter] : parameters) {
        if (gradients[i].shape() != parameter.shape()) {
            throw ShapeError(text(who, ": the gradient of ", name, " has shape ",
                                  gradients[i].shape(), " and the parameter ", parameter.shape(),
                                  "; they must be equal"));
        }
        ++i;
    }
}

std::vector<Variable> zeros_like(const Parameters& parameters) {
    std::vector<Variable> zeros;
    for (const auto& [name, parameter] : parameters) {
        zeros.emplace_back(Array(parameter.shape(), 0));
    }
    return zeros;
}

}  // namespace xtape
