#include <xtape/losses/focal.hpp>

#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/losses/detail/class_loss.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/power.hpp>

namespace xtape {

namespace {

constexpr const char* name = "focal";

void require_gamma(double gamma) {
    if (!(gamma >= 0 && std::isfinite(gamma))) {
        throw ValueError(text(name, ": gamma ", gamma, " must be at least 0 and finite"));
    }
}

/// (1 - p)^gamma, and 0 where p is 1: the slope of the power may be infinite there, and infinity times
/// the 0 of log p is nan.
Variable difficulty(const Variable& nll, double gamma) {
    const Variable missing = 1 - exp(-nll);
    if (gamma == 1) {
        return missing;
    }
    Mask is_certain = Mask::from_shape(missing.shape());
    for (std::size_t i = 0; i < is_certain.size(); ++i) {
        is_certain.data()[i] = missing.value().data()[i] <= 0;
    }
    const Variable power = pow(masked_fill(missing, is_certain, 1), static_cast<Real>(gamma));
    return masked_fill(power, is_certain, 0);
}

/// (1 - p)^gamma (-log p), of each token.
auto of_tokens(double gamma) {
    require_gamma(gamma);
    return [gamma](const Variable& nll) { return gamma == 0 ? nll : difficulty(nll, gamma) * nll; };
}

}  // namespace

Variable FocalLoss::operator()(const Variable& lprobs, const Index& target) const {
    return class_loss(name, *this, LogProbabilities::of_lprobs(lprobs), target, of_tokens(gamma));
}

Variable FocalLoss::from_logits(const Variable& logits, const Index& target) const {
    return class_loss_of_logits(name, *this, logits, target, of_tokens(gamma));
}

double FocalLoss::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
