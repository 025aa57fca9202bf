#pragma once

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/log_probabilities.hpp>
#include <xtape/losses/detail/reduction.hpp>

namespace xtape {

// What losses have in common that are f(-log p(target)) of each token, with f from [..., 1] to [..., 1]:
// f is called with the negative log-likelihoods, which are 0 for PAD.

template <class Criterion, class F>
Variable class_loss(const char* op, const Criterion& criterion, const LogProbabilities& lprobs,
                    const Index& target, F f) {
    const Alignment aligned = align(op, target, lprobs.x().shape(), criterion.ignore_index);
    return reduced(op, f(negative_log_likelihood(lprobs, aligned)), aligned, criterion.reduction,
                   criterion.normaliser);
}

/// From logits, in which the rows of PAD never enter the graph.
template <class Criterion, class F>
Variable class_loss_of_logits(const char* op, const Criterion& criterion, const Variable& logits,
                              const Index& target, F f) {
    const auto [scores, live, rows] =
        live_rows(logits, target, align(op, target, logits.shape(), criterion.ignore_index));
    const Variable loss = class_loss(op, criterion, LogProbabilities::of_logits(scores), live, f);
    return rows.among_all(loss, criterion.reduction);
}

}  // namespace xtape
