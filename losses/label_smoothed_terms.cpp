#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/losses/detail/settings.hpp>
#include <xtape/losses/detail/smoothing.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

// What the criterion says of itself beside the loss: its terms and what a mean divides by.

namespace xtape {

namespace {

constexpr const char* name = "label_smoothed_cross_entropy";

/// The criterion at another eps, as log-probabilities can have it: without a z-loss.
LabelSmoothedCrossEntropy at(const LabelSmoothedCrossEntropy& criterion, double smoothing) {
    LabelSmoothedCrossEntropy other = criterion;
    other.smoothing = smoothing;
    other.z_loss = 0;
    return other;
}

}  // namespace

// The loss is linear in eps, and its two ends are the two terms.
Terms LabelSmoothedCrossEntropy::terms(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align(name, target, lprobs.shape(), ignore_index);
    require_settings(*this, lprobs.shape().back());
    require_no_z_loss(*this);
    const Variable tokens(static_cast<Real>(aligned.count));
    const Variable nll = at(*this, 0)(lprobs, target);
    if (smoothing == 0) {
        return {nll, nll, Variable(Array(nll.shape(), 0)), tokens};
    }
    const Variable smooth = at(*this, 1)(lprobs, target);
    if (smoothing == 1) {
        return {smooth, nll, smooth, tokens};
    }
    return {scaled(nll, 1 - smoothing) + scaled(smooth, smoothing), nll, smooth, tokens};
}

Terms LabelSmoothedCrossEntropy::terms_from_logits(const Variable& logits,
                                                   const Index& target) const {
    const Alignment aligned = align(name, target, logits.shape(), ignore_index);
    require_settings(*this, logits.shape().back());
    const auto [scores, live, rows] = live_rows(logits, target, aligned);
    const Variable lprobs = log_softmax(scores, -1);
    auto [loss, nll, smooth, tokens] = at(*this, smoothing).terms(lprobs, live);
    if (z_loss != 0) {
        loss = loss + z_term(logsumexp(scores, -1, keep_dims), mass(live));
    }
    return {rows.among_all(loss, reduction), rows.among_all(nll, reduction),
            rows.among_all(smooth, reduction), tokens};
}

std::size_t LabelSmoothedCrossEntropy::count(const Index& target) const {
    return count_of(target, ignore_index);
}

template <>
double LabelSmoothedCrossEntropy::mass_of(const Index& target) const {
    if (!class_weight) {
        return static_cast<double>(count(target));
    }
    double sum = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
        const std::int64_t k = target.data()[i];
        if (!(ignore_index && k == *ignore_index)) {
            require_class(name, target, i, class_weight->size(), ignore_index);
            sum += double{class_weight->data()[k]};
        }
    }
    return sum;
}

template <>
double LabelSmoothedCrossEntropy::mass_of(const Array& distribution) const {
    const Alignment aligned = align(name, distribution, distribution.shape());
    require_settings(at(*this, 0), distribution.shape().back());
    return weights_of(at(*this, 0), distribution, aligned).mass;
}

double LabelSmoothedCrossEntropy::mass(const Index& target) const {
    return mass_of(target);
}

}  // namespace xtape
