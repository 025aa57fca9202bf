#pragma once

#include <optional>

#include <xtape/core/variable.hpp>
#include <xtape/losses/reduction.hpp>

namespace xtape {

/// Negative log-likelihood. The loss of one token is
///
///     -log p(target),
///
/// and that of PAD, a target that is `ignore_index`, exactly 0, as is its gradient.
struct NegativeLogLikelihood {
    std::optional<std::int64_t> ignore_index;  // PAD; any number, also one that is no class
    Reduction reduction = Reduction::sum;
    std::optional<double> normaliser;  // what a mean divides by, instead of mass(target)

    ///     lprobs   [..., V]              log-probabilities; not checked to be normalised
    ///     target   [...] or [..., 1]     classes in [0, V), or ignore_index
    ///     returns  [], or [...] with Reduction::none
    ///
    /// Throws ShapeError if the shapes do not fit, IndexError for any other target, ValueError for a
    /// normaliser that is not positive and finite, or not of a mean.
    Variable operator()(const Variable& lprobs, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Variable operator()(const Variable& lprobs, const Numbers& target) const = delete;

    /// The same of log_softmax(logits, -1); the rows of PAD never enter the graph.
    Variable from_logits(const Variable& logits, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Variable from_logits(const Variable& logits, const Numbers& target) const = delete;

    /// What a mean divides by: the number of targets that are not PAD.
    double mass(const Index& target) const;
};

}  // namespace xtape
