#pragma once

#include <optional>

#include <xtape/core/variable.hpp>

namespace xtape {

/// What becomes of the losses of the single tokens: their sum, their mean over the tokens that
/// count, or the matrix of them as it is.
enum class Reduction { sum, mean, none };

/// Which classes share the smoothed mass eps. The probability of the target is 1 - eps plus its share.
enum class Convention {
    uniform,          // all V:  eps / V       (PyTorch, fairseq until 2021, Marian, Keras)
    wrong_classes,    // all but the target:  eps / (V - 1)       (fairseq since, Tensor2Tensor)
    without_padding,  // all but the target and PAD:  eps / (V - 2)        (OpenNMT-py, JoeyNMT)
};

/// Cross entropy against a softened target (Szegedy et al. 2016, section 7), composed of basic
/// operators. The one-hot target is mixed with a uniform distribution,
///
///     q(k) = (1 - eps) [k = target] + eps / V,
///
/// so that certainty beyond it is no longer rewarded. The loss of one token is then
///
///     - sum_k q(k) log p(k) = (1 - eps) (-log p(target)) + eps / V (- sum_k log p(k)).
///                             --------------------------   ---------------------------
///                              nll: fit the target          smooth: stay near uniform
///
/// Tokens whose target is `ignore_index` (PAD) contribute exactly nothing: whatever their
/// log-probabilities are, nan and inf included, they change no bit of the loss or of another token's
/// gradient, and their own gradient is zero. A batch of PAD alone has loss 0, by sum and by mean.
///
/// With smoothing 0 the smooth term is left out, so that a class of probability zero does no harm.
struct LabelSmoothedCrossEntropy {
    double smoothing = 0.1;                    // eps, in [0, 1]
    std::optional<std::int64_t> ignore_index;  // PAD; any number, also one that is no class
    Reduction reduction = Reduction::sum;
    Convention convention = Convention::uniform;

    ///     lprobs   [..., V]              log-probabilities; not checked to be normalised
    ///     target   [...] or [..., 1]     classes in [0, V), or ignore_index
    ///     returns  [], or [...] with Reduction::none
    ///
    /// Throws ShapeError if the shapes do not fit, IndexError for any other target, ValueError for a
    /// smoothing outside [0, 1], too few classes, or a convention that lacks its PAD.
    Variable operator()(const Variable& lprobs, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Variable operator()(const Variable& lprobs, const Numbers& target) const = delete;

    /// The same from unnormalised scores: criterion(log_softmax(logits, -1), target), in which the rows
    /// of PAD never enter the graph. So nothing in them, not even nan, reaches any gradient.
    Variable from_logits(const Variable& logits, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Variable from_logits(const Variable& logits, const Numbers& target) const = delete;

    /// How many tokens count: what a sum is divided by, so that micro-batches, threads and one big
    /// batch agree.
    std::size_t count(const Index& target) const;
};

}  // namespace xtape
