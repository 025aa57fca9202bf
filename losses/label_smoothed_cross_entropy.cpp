#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/losses/detail/settings.hpp>
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

Alignment align_any(const LabelSmoothedCrossEntropy& criterion, const Index& target,
                    const Shape& scores) {
    return align(name, target, scores, criterion.ignore_index);
}

Alignment align_any(const LabelSmoothedCrossEntropy&, const Array& distribution,
                    const Shape& scores) {
    return align(name, distribution, scores);
}

}  // namespace

Variable LabelSmoothedCrossEntropy::loss(LogProbabilities& lprobs, const Index& target) const {
    const Alignment aligned = align_any(*this, target, lprobs.x().shape());
    const std::size_t classes = lprobs.x().shape().back();
    require_settings(*this, classes);
    if (!lprobs.are_logits()) {
        require_no_z_loss(*this);
    }
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

Variable LabelSmoothedCrossEntropy::loss(LogProbabilities& lprobs,
                                         const Array& distribution) const {
    const Alignment aligned = align_any(*this, distribution, lprobs.x().shape());
    const std::size_t classes = lprobs.x().shape().back();
    require_settings(*this, classes);
    if (!lprobs.are_logits()) {
        require_no_z_loss(*this);
    }
    require_uniform(*this);
    Weights weights = weights_of(*this, distribution, aligned);

    // The four steps once more, but that nll is a sum, too, in which the zeros of PAD fill its row.
    const auto term = [&](std::optional<Array> w, const auto& sum_of_weights) {
        const Variable sum = reduce_sum(weighed(lprobs.x(), std::move(w)), {-1}, keep_dims);
        return lprobs.cross_entropy(sum, sum_of_weights);
    };
    const auto reduce = [&](const Variable& losses) {
        return sum_or_matrix(losses, reduction, aligned.tokens);
    };
    const Array sums = sum_over(*weights.nll.of_each, {aligned.tokens.size()});
    Variable loss = reduce(term(std::move(weights.nll.of_each), sums));
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
Variable LabelSmoothedCrossEntropy::of_lprobs(const Variable& lprobs, const Target& target) const {
    LogProbabilities as_they_are = LogProbabilities::of_lprobs(lprobs);
    return loss(as_they_are, target);
}

template <class Target>
Variable LabelSmoothedCrossEntropy::of_logits(const Variable& logits, const Target& target) const {
    const Alignment aligned = align_any(*this, target, logits.shape());
    require_settings(*this, logits.shape().back());
    const auto [scores, live, rows] = live_rows(logits, target, aligned);
    LogProbabilities lprobs = LogProbabilities::of_logits(scores);
    Variable y = loss(lprobs, live);
    if (z_loss != 0) {
        y = y + z_term(lprobs.log_sum(), mass(live));
    }
    return rows.among_all(y, reduction);
}

template Variable LabelSmoothedCrossEntropy::of_lprobs(const Variable&, const Index&) const;
template Variable LabelSmoothedCrossEntropy::of_lprobs(const Variable&, const Array&) const;
template Variable LabelSmoothedCrossEntropy::of_logits(const Variable&, const Index&) const;
template Variable LabelSmoothedCrossEntropy::of_logits(const Variable&, const Array&) const;

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    return of_lprobs(lprobs, target);
}

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    return of_logits(logits, target);
}

}  // namespace xtape
