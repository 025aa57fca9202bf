#include <xtape/train/sgd.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/train/detail/optimiser.hpp>

namespace xtape {

Sgd::Sgd(Parameters parameters, SgdOptions options)
    : parameters_(std::move(parameters)), options_(options) {
    require_not_negative("Sgd", "the rate", options.rate);
    require_below_one("Sgd", "the momentum", options.momentum);
    if (options.nesterov && options.momentum == 0) {
        throw ValueError("Sgd: Nesterov's look ahead without momentum; set momentum, e.g. to 0.9");
    }
    if (options.momentum > 0) {
        velocity_ = zeros_like(parameters_);
    }
}

void Sgd::step(const std::vector<Variable>& gradients, double rate) {
    require_not_negative("Sgd", "the rate", rate);
    require_gradients("Sgd", parameters_, gradients);
    const auto momentum = static_cast<Real>(options_.momentum);
    const auto c = static_cast<Real>(rate);
    std::size_t i = 0;
    for (const auto& [name, parameter] : parameters_) {
        const Array& g = gradients[i].value();
        const Array* direction = &g;
        if (momentum > 0) {
            update(
                velocity_[i], [=](auto v, auto d) { return momentum * v + d; }, g);
            direction = &velocity_[i].value();
        }
        if (rate == 0) {
            // -0 - 0 is 0: not even that shall change.
        } else if (options_.nesterov) {
            const auto ahead = [=](auto x, auto d, auto v) { return x - c * (d + momentum * v); };
            update(parameter, ahead, g, velocity_[i].value());
        } else {
            update(
                parameter, [=](auto x, auto v) { return x - c * v; }, *direction);
        }
        ++i;
    }
}

Parameters Sgd::state() const {
    Parameters state;
    std::size_t i = 0;
    for (const auto& [name, parameter] : parameters_) {
        if (i < velocity_.size()) {
            state.add("velocity." + name, velocity_[i]);
        }
        ++i;
    }
    return state;
}

}  // namespace xtape
