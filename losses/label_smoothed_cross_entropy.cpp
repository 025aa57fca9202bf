#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/losses/detail/alignment.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

void require_settings(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    constexpr const char* name = "label_smoothed_cross_entropy";
    if (!(criterion.smoothing >= 0 && criterion.smoothing <= 1)) {
        throw ValueError(text(name, ": smoothing ", criterion.smoothing, " is outside [0, 1]"));
    }
    const std::size_t needed = criterion.convention == Convention::uniform         ? 1
                               : criterion.convention == Convention::wrong_classes ? 2
                                                                                   : 3;
    if (classes < needed) {
        throw ValueError(text(name, ": the vocabulary has ", classes,
                              " classes; this convention needs at least ", needed));
    }
    if (criterion.convention == Convention::without_padding &&
        !(criterion.ignore_index && *criterion.ignore_index >= 0 &&
          *criterion.ignore_index < static_cast<std::int64_t>(classes))) {
        throw ValueError(text(name,
                              ": Convention::without_padding takes the mass off the class "
                              "ignore_index; it must be set and in [0, ",
                              classes, ")"));
    }
}

/// The share of eps that each class gets.
double share_of_a_class(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    const auto v = static_cast<double>(classes);
    switch (criterion.convention) {
        case Convention::uniform:
            return criterion.smoothing / v;
        case Convention::wrong_classes:
            return criterion.smoothing / (v - 1);
        case Convention::without_padding:
            return criterion.smoothing / (v - 2);
    }
    throw ValueError("label_smoothed_cross_entropy: there is no such convention");
}

/// lprobs with 0 for the class PAD, which then takes no part in their sum.
Variable without_class(const Variable& lprobs, std::int64_t pad) {
    Mask is_pad({lprobs.shape().back()}, false);
    is_pad.data()[pad] = true;
    return masked_fill(lprobs, is_pad, 0);
}

}  // namespace

Variable LabelSmoothedCrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    const auto [index, pad, tokens, count] = align(target, lprobs.shape(), ignore_index);
    const std::size_t classes = lprobs.shape().back();
    require_settings(*this, classes);

    // 1. The two core terms, for every token.
    Variable nll = -gather(lprobs, -1, index);
    std::optional<Variable> smooth;
    if (smoothing > 0) {
        smooth = -reduce_sum(convention == Convention::without_padding
                                 ? without_class(lprobs, *ignore_index)
                                 : lprobs,
                             {-1}, keep_dims);
    }

    // 2. PAD contributes exactly nothing.
    if (ignore_index) {
        nll = masked_fill(nll, pad, 0);
        smooth = smooth ? masked_fill(*smooth, pad, 0) : smooth;
    }

    // 3. A number, or the loss matrix.
    const auto reduce = [&, tokens = tokens](const Variable& term) {
        return reduction == Reduction::none ? reshape(term, tokens) : reduce_sum(term);
    };
    Variable loss = reduce(nll);

    // 4. Weigh the terms. What the smooth term gives to the target is part of what it gets: all in
    //    all 1 - eps, and with Convention::uniform 1 - eps + eps / V.
    if (smooth) {
        const double share = share_of_a_class(*this, classes);
        const double rest = 1 - smoothing - (convention == Convention::uniform ? 0 : share);
        smooth = scale(reduce(*smooth), static_cast<Real>(share));
        loss = scale(loss, static_cast<Real>(rest)) + *smooth;
    }
    if (reduction == Reduction::mean) {
        loss = scale(loss, 1 / static_cast<Real>(std::max<std::size_t>(count, 1)));
    }
    return loss;
}

Variable LabelSmoothedCrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    const Alignment aligned = align(target, logits.shape(), ignore_index);
    require_settings(*this, logits.shape().back());
    const std::size_t rows = aligned.index.size();
    if (aligned.count == rows) {
        return (*this)(log_softmax(logits, -1), target);
    }
    const auto [live, live_target] = live_rows(aligned);
    const Variable scores = reshape(logits, Shape{rows, logits.shape().back()});
    const Variable loss = (*this)(log_softmax(embedding(scores, live), -1), live_target);
    if (reduction != Reduction::none) {
        return loss;
    }
    return reshape(scatter_add(loss, 0, live, {rows}), aligned.tokens);
}

std::size_t LabelSmoothedCrossEntropy::count(const Index& target) const {
    const auto ignored = ignore_index ? std::count(target.begin(), target.end(), *ignore_index) : 0;
    return target.size() - static_cast<std::size_t>(ignored);
}

}  // namespace xtape
