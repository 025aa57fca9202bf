#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/losses/detail/smoothing.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/sums.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/power.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

constexpr const char* name = "label_smoothed_cross_entropy";

void require_no_z_loss(double z_loss) {
    if (z_loss != 0) {
        throw ValueError(text(name, ": z_loss ", z_loss,
                              " is of log Z, which log-probabilities no longer know; call "
                              "from_logits"));
    }
}

void require_uniform(Convention convention) {
    if (convention != Convention::uniform) {
        throw ValueError(text(name,
                              ": a distribution has no single target to take the smoothed mass "
                              "off; the convention must be uniform"));
    }
}

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

Variable LabelSmoothedCrossEntropy::loss(LogProbabilities& lprobs, const Index& target) const {
    const std::size_t classes = lprobs.x().shape().back();
    const Alignment aligned = align(name, target, lprobs.x().shape(), ignore_index);
    require_settings(*this, classes);
    const Weights weights = weights_of(*this, aligned, classes);

    // 1. The two core terms, for every token.
    Variable nll = lprobs.cross_entropy(gather(lprobs.x(), -1, aligned.index), 1);
    std::optional<Variable> smooth;
    if (smoothing > 0) {
        const Variable sum = reduce_sum(weighed(lprobs.x(), weights.classes), {-1}, keep_dims);
        smooth = lprobs.cross_entropy(sum, weights.sum_of_classes);
    }

    // 2. PAD contributes exactly nothing; of logits it is not even here.
    if (ignore_index && !lprobs.are_logits()) {
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

Variable LabelSmoothedCrossEntropy::loss(LogProbabilities& lprobs, const Array& distribution) const {
    const std::size_t classes = lprobs.x().shape().back();
    const Alignment aligned = align(name, distribution, lprobs.x().shape());
    require_settings(*this, classes);
    require_uniform(convention);
    const Weights weights = weights_of(*this, distribution, aligned);

    // The four steps once more, but that nll is a sum, too, in which the zeros of PAD fill its row.
    const auto term = [&](const std::optional<Array>& w, const auto& sum_of_weights) {
        const Variable sum = reduce_sum(weighed(lprobs.x(), w), {-1}, keep_dims);
        return lprobs.cross_entropy(sum, sum_of_weights);
    };
    const auto reduce = [&](const Variable& losses) {
        return sum_or_matrix(losses, reduction, aligned.tokens);
    };
    const Array sums = sum_over(*weights.nll.of_each, {aligned.tokens.size()});
    Variable loss = reduce(term(weights.nll.of_each, sums));
    if (smoothing > 0) {
        Variable smooth = term(weights.classes, weights.sum_of_classes);
        if (aligned.has_padding()) {
            smooth = masked_fill(smooth, aligned.pad, 0);
        }
        smooth = scaled(reduce(smooth), weights.smooth.of_all);
        loss = smoothing == 1 ? smooth : scaled(loss, weights.nll.of_all) + smooth;
    }
    return averaged(loss, reduction, normaliser, weights.mass);
}

/// z_loss (log Z)^2, reduced as the loss is.
Variable LabelSmoothedCrossEntropy::z_term(const Variable& log_z, double mass) const {
    const Shape& column = log_z.shape();
    const Shape tokens(column.begin(), column.end() - 1);
    const Variable sum = sum_or_matrix(square(log_z), reduction, tokens);
    return averaged(scale(sum, static_cast<Real>(z_loss)), reduction, normaliser, mass);
}

template <class Target>
Variable LabelSmoothedCrossEntropy::loss_of_live_rows(const Variable& logits, const Target& target,
                                                      const Alignment& aligned) const {
    require_settings(*this, logits.shape().back());
    const auto [scores, live, rows] = live_rows(logits, target, aligned);
    LogProbabilities lprobs = LogProbabilities::of_logits(scores);
    Variable y = loss(lprobs, live);
    if (z_loss != 0) {
        y = y + z_term(lprobs.log_sum(), mass(live));
    }
    return rows.among_all(y, reduction);
}

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    require_no_z_loss(z_loss);
    LogProbabilities terms = LogProbabilities::of_lprobs(lprobs);
    return loss(terms, target);
}

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs,
                                               const Array& distribution) const {
    require_no_z_loss(z_loss);
    LogProbabilities terms = LogProbabilities::of_lprobs(lprobs);
    return loss(terms, distribution);
}

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    return loss_of_live_rows(logits, target, align(name, target, logits.shape(), ignore_index));
}

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits,
                                                const Array& distribution) const {
    return loss_of_live_rows(logits, distribution, align(name, distribution, logits.shape()));
}

// The loss is linear in eps, and its two ends are the two terms.
Terms LabelSmoothedCrossEntropy::terms(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align(name, target, lprobs.shape(), ignore_index);
    require_settings(*this, lprobs.shape().back());
    require_no_z_loss(z_loss);
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
    const auto [scores, live, rows] = live_rows(logits, target, aligned);
    const Variable lprobs = log_softmax(scores, -1);
    auto [loss, nll, smooth, tokens] = of_lprobs(*this, smoothing).terms(lprobs, live);
    if (z_loss != 0) {
        loss = loss + z_term(logsumexp(scores, -1, keep_dims), mass(live));
    }
    return {rows.among_all(loss, reduction), rows.among_all(nll, reduction),
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
