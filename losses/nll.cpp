#include <xtape/losses/nll.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>

namespace xtape {

namespace {

Variable loss_of(const NegativeLogLikelihood& criterion, const LogProbabilities& lprobs,
                 const Index& target) {
    const Alignment aligned = align("nll", target, lprobs.x().shape(), criterion.ignore_index);
    return reduced("nll", negative_log_likelihood(lprobs, aligned), aligned, criterion.reduction,
                   criterion.normaliser);
}

}  // namespace

Variable NegativeLogLikelihood::operator()(const Variable& lprobs, const Index& target) const {
    return loss_of(*this, LogProbabilities::of_lprobs(lprobs), target);
}

Variable NegativeLogLikelihood::from_logits(const Variable& logits, const Index& target) const {
    const auto [scores, live, rows] =
        live_rows(logits, target, align("nll", target, logits.shape(), ignore_index));
    return rows.among_all(loss_of(*this, LogProbabilities::of_logits(scores), live), reduction);
}

double NegativeLogLikelihood::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
