#include <xtape/losses/focal.hpp>

#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>
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

Variable loss_of(const FocalLoss& criterion, const LogProbabilities& lprobs, const Index& target) {
    const Alignment aligned = align(name, target, lprobs.x().shape(), criterion.ignore_index);
    const double gamma = criterion.gamma;
    require_gamma(gamma);
    const Variable nll = negative_log_likelihood(lprobs, aligned);
    const Variable losses = gamma == 0 ? nll : difficulty(nll, gamma) * nll;
    return reduced(name, losses, aligned, criterion.reduction, criterion.normaliser);
}

}  // namespace

Variable FocalLoss::operator()(const Variable& lprobs, const Index& target) const {
    return loss_of(*this, LogProbabilities::of_lprobs(lprobs), target);
}

Variable FocalLoss::from_logits(const Variable& logits, const Index& target) const {
    const auto [scores, live, rows] =
        live_rows(logits, target, align(name, target, logits.shape(), ignore_index));
    return rows.among_all(loss_of(*this, LogProbabilities::of_logits(scores), live), reduction);
}

double FocalLoss::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
