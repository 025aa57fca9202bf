#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/losses/detail/settings.hpp>
#include <xtape/losses/detail/smoothing.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

constexpr const char* name = "label_smoothed_cross_entropy";

/// c x, without a node where c is 1.
Variable scaled(const Variable& x, double c) {
    return c == 1 ? x : scale(x, static_cast<Real>(c));
}

/// The criterion at another eps, as log-probabilities can have it.
LabelSmoothedCrossEntropy of_lprobs(const LabelSmoothedCrossEntropy& criterion, double smoothing) {
    LabelSmoothedCrossEntropy other = criterion;
    other.smoothing = smoothing;
    other.z_loss = 0;
    return other;
}

}  // namespace

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align(name, target, lprobs.shape(), ignore_index);
    require_settings(*this, lprobs.shape().back());
    require_no_z_loss(*this);
    const Weights weights = weights_of(*this, aligned, lprobs.shape().back());

    // 1. The two core terms, for every token.
    Variable nll = -gather(lprobs, -1, aligned.index);
    std::optional<Variable> smooth;
    if (smoothing > 0) {
        smooth = -reduce_sum(weighed(lprobs, weights.classes), {-1}, keep_dims);
    }

    // 2. PAD contributes exactly nothing.
    if (ignore_index) {
        nll = masked_fill(nll, aligned.pad, 0);
        smooth = smooth ? masked_fill(*smooth, aligned.pad, 0) : smooth;
    }

    // 3. A number, or the loss matrix.
    const auto reduce = [&](const Variable& term, const Factor& factor) {
        return sum_or_matrix(weighed(term, factor.of_each), reduction, aligned.tokens);
    };
    Variable loss = reduce(nll, weights.nll);

    // 4. Weigh the terms. What the smooth term gives to the target is part of what it gets: all in
    //    all 1 - eps, and with Convention::uniform 1 - eps + eps / V.
    if (smooth) {
        smooth = scaled(reduce(*smooth, weights.smooth), weights.smooth.of_all);
        loss = scaled(loss, weights.nll.of_all) + *smooth;
    }
    return averaged(loss, reduction, normaliser, weights.mass);
}

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs,
                                               const Array& distribution) const {
    const Alignment aligned = align(name, distribution, lprobs.shape());
    require_settings(*this, lprobs.shape().back());
    require_no_z_loss(*this);
    require_uniform(*this);
    Weights weights = weights_of(*this, distribution, aligned);

    // The four steps once more, but that nll is a sum, too, in which the zeros of PAD fill its row.
    const auto reduce = [&](const Variable& term) {
        return sum_or_matrix(term, reduction, aligned.tokens);
    };
    Variable loss =
        reduce(-reduce_sum(weighed(lprobs, std::move(weights.nll.of_each)), {-1}, keep_dims));
    if (smoothing > 0) {
        Variable smooth = -reduce_sum(weighed(lprobs, weights.classes), {-1}, keep_dims);
        if (aligned.has_padding()) {
            smooth = masked_fill(smooth, aligned.pad, 0);
        }
        smooth = scaled(reduce(smooth), weights.smooth.of_all);
        loss = smoothing == 1 ? smooth : scaled(loss, weights.nll.of_all) + smooth;
    }
    return averaged(loss, reduction, normaliser, weights.mass);
}

namespace {

/// z_loss (log Z)^2, reduced as the loss is.
template <class Target>
Variable z_term(const LabelSmoothedCrossEntropy& criterion, const Variable& logits,
                const Target& target) {
    const Shape tokens(logits.shape().begin(), logits.shape().end() - 1);
    const Variable log_z = logsumexp(logits, -1, keep_dims);
    const Variable sum = sum_or_matrix(square(log_z), criterion.reduction, tokens);
    return averaged(scale(sum, static_cast<Real>(criterion.z_loss)), criterion.reduction,
                    criterion.normaliser, criterion.mass(target));
}

template <class Target>
Variable loss_of_logits(const LabelSmoothedCrossEntropy& criterion, const Variable& logits,
                        const Target& target, const Alignment& aligned) {
    require_settings(criterion, logits.shape().back());
    auto [scores, live, rows] = live_rows(logits, target, aligned);
    const Reduction reduction = criterion.reduction;
    if (criterion.z_loss == 0) {
        return rows.among_all(criterion(log_softmax(std::move(scores), -1), live), reduction);
    }
    const Variable z = z_term(criterion, scores, live);
    const LabelSmoothedCrossEntropy plain = of_lprobs(criterion, criterion.smoothing);
    return rows.among_all(plain(log_softmax(std::move(scores), -1), live) + z, reduction);
}

}  // namespace

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    return loss_of_logits(*this, logits, target, align(name, target, logits.shape(), ignore_index));
}

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits,
                                                const Array& distribution) const {
    return loss_of_logits(*this, logits, distribution, align(name, distribution, logits.shape()));
}

// The loss is linear in eps, and its two ends are the two terms.
Terms LabelSmoothedCrossEntropy::terms(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align(name, target, lprobs.shape(), ignore_index);
    require_settings(*this, lprobs.shape().back());
    require_no_z_loss(*this);
    const Variable tokens(static_cast<Real>(aligned.count));
    const Variable nll = of_lprobs(*this, 0)(lprobs, target);
    if (smoothing == 0) {
        return {nll, nll, Variable(Array(nll.shape(), 0)), tokens};
    }
    const Variable smooth = of_lprobs(*this, 1)(lprobs, target);
    if (smoothing == 1) {
        return {smooth, nll, smooth, tokens};
    }
    return {scaled(nll, 1 - smoothing) + scaled(smooth, smoothing), nll, smooth, tokens};
}

Terms LabelSmoothedCrossEntropy::terms_from_logits(const Variable& logits,
                                                   const Index& target) const {
    const Alignment aligned = align(name, target, logits.shape(), ignore_index);
    require_settings(*this, logits.shape().back());
    auto [scores, live, rows] = live_rows(logits, target, aligned);
    std::optional<Variable> z;
    if (z_loss != 0) {
        z = z_term(*this, scores, live);
    }
    const Variable lprobs = log_softmax(std::move(scores), -1);
    const auto [loss, nll, smooth, tokens] = of_lprobs(*this, smoothing).terms(lprobs, live);
    return {rows.among_all(z ? loss + *z : loss, reduction), rows.among_all(nll, reduction),
            rows.among_all(smooth, reduction), tokens};
}

std::size_t LabelSmoothedCrossEntropy::count(const Index& target) const {
    return count_of(target, ignore_index);
}

double LabelSmoothedCrossEntropy::mass(const Index& target) const {
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

double LabelSmoothedCrossEntropy::mass(const Array& distribution) const {
    const Alignment aligned = align(name, distribution, distribution.shape());
    require_settings(of_lprobs(*this, 0), distribution.shape().back());
    return weights_of(of_lprobs(*this, 0), distribution, aligned).mass;
}

}  // namespace xtape
