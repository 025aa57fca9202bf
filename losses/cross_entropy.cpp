#include <xtape/losses/cross_entropy.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>

namespace xtape {

namespace {

constexpr const char* name = "cross_entropy";

Variable loss_of(const CrossEntropy& criterion, const LogProbabilities& lprobs,
                 const Index& target) {
    const Alignment aligned = align(name, target, lprobs.x().shape(), criterion.ignore_index);
    return reduced(name, negative_log_likelihood(lprobs, aligned), aligned, criterion.reduction,
                   criterion.normaliser);
}

}  // namespace

Variable CrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    const auto [scores, live, rows] =
        live_rows(logits, target, align(name, target, logits.shape(), ignore_index));
    return rows.among_all(loss_of(*this, LogProbabilities::of_logits(scores), live), reduction);
}

Variable CrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    return loss_of(*this, LogProbabilities::of_lprobs(lprobs), target);
}

double CrossEntropy::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
