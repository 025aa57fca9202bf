#pragma once

#include <optional>

#include <xtape/core/variable.hpp>
#include <xtape/losses/reduction.hpp>

namespace xtape {

/// The Kullback-Leibler divergence from given distributions q, for instance a teacher's. The loss of
/// one token is
///
///     sum_k q(k) (log q(k) - log p(k)),      0 log 0 = 0,
///
/// which is at least 0, and 0 where p = q. Where q(k) is 0, log p(k) may be anything. A row of zeros
/// is PAD: its loss and its gradient are exactly 0.
struct KullbackLeibler {
    Reduction reduction = Reduction::sum;
    std::optional<double> normaliser;  // what a mean divides by, instead of mass(distribution)

    ///     lprobs        [..., V]    log-probabilities; not checked to be normalised
    ///     distribution  [..., V]    rows not negative and of sum 1, or all 0
    ///     returns       [], or [...] with Reduction::none
    ///
    /// Throws ShapeError if the shapes differ, ValueError for any other row, and for a normaliser that
    /// is not positive and finite, or not of a mean.
    Variable operator()(const Variable& lprobs, const Array& distribution) const;
    template <class Numbers, class = IfNoReal<Numbers>>
    Variable operator()(const Variable& lprobs, const Numbers& distribution) const = delete;

    /// The same of log_softmax(logits, -1); the rows of PAD never enter the graph.
    Variable from_logits(const Variable& logits, const Array& distribution) const;
    template <class Numbers, class = IfNoReal<Numbers>>
    Variable from_logits(const Variable& logits, const Numbers& distribution) const = delete;

    /// What a mean divides by: the number of rows that are not PAD.
    double mass(const Array& distribution) const;
    template <class Numbers, class = IfNoReal<Numbers>>
    double mass(const Numbers& distribution) const = delete;
};

}  // namespace xtape
