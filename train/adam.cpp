#include <xtape/train/adam.hpp>

#include <cmath>

#include <xtape/train/detail/optimiser.hpp>

namespace xtape {

Adam::Adam(Parameters parameters, AdamOptions options)
    : parameters_(std::move(parameters)),
      options_(options),
      steps_(Real(0)),
      mean_(zeros_like(parameters_)),
      mean_square_(zeros_like(parameters_)) {
    require_not_negative("Adam", "the rate", options.rate);
    require_below_one("Adam", "beta1", options.beta1);
    require_below_one("Adam", "beta2", options.beta2);
    require_not_negative("Adam", "the weight decay", options.weight_decay);
    require_positive("Adam", "epsilon", options.epsilon);
}

// With a = rate / (1 - beta1^t) and b = 1 / sqrt(1 - beta2^t),
//
//     rate m^ / (sqrt(v^) + epsilon) = a m / (b sqrt(v) + epsilon).
void Adam::step(const std::vector<Variable>& gradients, double rate) {
    require_not_negative("Adam", "the rate", rate);
    require_gradients("Adam", parameters_, gradients);
    steps_.assign(Array(Shape{}, steps_.item() + 1));
    const double t = double{steps_.item()};
    const auto beta1 = static_cast<Real>(options_.beta1);
    const auto beta2 = static_cast<Real>(options_.beta2);
    const auto a = static_cast<Real>(rate / (1 - std::pow(options_.beta1, t)));
    const auto b = static_cast<Real>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
    const auto kept = static_cast<Real>(1 - rate * options_.weight_decay);
    const auto epsilon = static_cast<Real>(options_.epsilon);
    const auto step = [=](Batch& x, Batch& m, Batch& v, Batch g) {
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        x = rate > 0 ? kept * x - a * m / (b * xsimd::sqrt(v) + epsilon) : x;
    };
    std::size_t i = 0;
    for (const auto& [name, parameter] : parameters_) {
        update(parameter, mean_[i], mean_square_[i], step, gradients[i].value());
        ++i;
    }
}

Parameters Adam::state() const {
    Parameters state;
    state.add("steps", steps_);
    std::size_t i = 0;
    for (const auto& [name, parameter] : parameters_) {
        state.add("mean." + name, mean_[i]).add("mean_square." + name, mean_square_[i]);
        ++i;
    }
    return state;
}

}  // namespace xtape
