#include <xtape/losses/nll.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/ops/log_softmax.hpp>

namespace xtape {

Variable NegativeLogLikelihood::operator()(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align("nll", target, lprobs.shape(), ignore_index);
    const Variable losses = negative_log_likelihood(lprobs, aligned);
    return reduced("nll", losses, aligned, reduction, normaliser);
}

Variable NegativeLogLikelihood::from_logits(const Variable& logits, const Index& target) const {
    auto [scores, live, rows] =
        live_rows(logits, target, align("nll", target, logits.shape(), ignore_index));
    return rows.among_all((*this)(log_softmax(std::move(scores), -1), live), reduction);
}

double NegativeLogLikelihood::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
