#pragma once

#include <optional>
#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/losses/reduction.hpp>
#include <xtape/losses/target.hpp>

namespace xtape {

/// Which classes share the smoothed mass eps. The probability of the target is 1 - eps plus its share.
enum class Convention {
    uniform,          // all V:  eps / V       (PyTorch, fairseq until 2021, Marian, Keras)
    wrong_classes,    // all but the target:  eps / (V - 1)       (fairseq since, Tensor2Tensor)
    without_padding,  // all but the target and PAD:  eps / (V - 2)        (OpenNMT-py, JoeyNMT)
};

/// A loss and what it is made of, each as a node: loss = (1 - eps) nll + eps smooth (+ the z-loss).
struct Terms {
    Variable loss;
    Variable nll;     // w(target) (-log p(target))
    Variable smooth;  // - sum_k u(k) w(k) log p(k), where u sums to 1; 0 if eps is 0
    Variable count;   // []  of tokens that are not PAD; depends on nothing
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
///
/// With u(k), which sums to 1, in place of 1 / V, and class weights w, all options together are
///
///     - sum_k q(k) w(k) log p(k),      q(k) = (1 - eps) [k = target] + eps u(k),
///
/// where u is the prior, or even over the classes that are not excluded. Convention::wrong_classes
/// takes u(k) [k != target] / (1 - u(target)) for u; without_padding excludes PAD as well. A class
/// without a share takes no part: its log-probability may be -inf unless it is the target.
struct LabelSmoothedCrossEntropy {
    double smoothing = 0.1;                    // eps, in [0, 1]
    std::optional<std::int64_t> ignore_index;  // PAD; any number, also one that is no class
    Reduction reduction = Reduction::sum;
    Convention convention = Convention::uniform;

    std::optional<Array> class_weight;   // w, [V], not negative; a mean divides by w(target)'s sum
    std::optional<Array> prior;          // u, [V], not negative, of sum 1
    std::vector<std::int64_t> excluded;  // classes that get nothing of the smoothed mass
    double z_loss = 0;                   // adds z_loss (log sum_k exp logits(k))^2 for each token
    std::optional<double> normaliser;    // what a mean divides by, instead of mass(target)

    ///     lprobs   [..., V]              log-probabilities; not checked to be normalised
    ///     target   [...] or [..., 1]     classes in [0, V), or ignore_index
    ///     returns  [], or [...] with Reduction::none
    ///
    /// Throws ShapeError if the shapes do not fit, IndexError for any other target or excluded class,
    /// ValueError for a smoothing outside [0, 1], too few classes, a convention that lacks its PAD, any
    /// other setting out of its range, a prior that gives mass to an excluded class, mass that no class
    /// but the target could have, and a z_loss: log-probabilities no longer know the sum.
    Variable operator()(const Variable& lprobs, const Index& target) const;

    /// The same for soft targets, an Array, q(k) = (1 - eps) target(k) + eps u(k).
    ///
    ///     target   [..., V]          rows not negative and of sum 1, or all 0, which is PAD
    ///
    /// Throws ValueError for other rows, and unless the convention is uniform.
    template <class Numbers, class Target = detail::TargetOf<Numbers>>
    Variable operator()(const Variable& lprobs, const Numbers& target) const {
        return of_lprobs<Target>(lprobs, target);
    }
    template <class Numbers, class = detail::IfNoTarget<Numbers>, class = void>
    Variable operator()(const Variable& lprobs, const Numbers& target) const = delete;

    /// The same from unnormalised scores: criterion(log_softmax(logits, -1), target), in which the rows
    /// of PAD never enter the graph. So nothing in them, not even nan, reaches any gradient.
    Variable from_logits(const Variable& logits, const Index& target) const;
    template <class Numbers, class Target = detail::TargetOf<Numbers>>
    Variable from_logits(const Variable& logits, const Numbers& target) const {
        return of_logits<Target>(logits, target);
    }
    template <class Numbers, class = detail::IfNoTarget<Numbers>, class = void>
    Variable from_logits(const Variable& logits, const Numbers& target) const = delete;

    /// The loss and its terms, each reduced like the loss.
    Terms terms(const Variable& lprobs, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Terms terms(const Variable& lprobs, const Numbers& target) const = delete;
    Terms terms_from_logits(const Variable& logits, const Index& target) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Terms terms_from_logits(const Variable& logits, const Numbers& target) const = delete;

    /// How many tokens count: what a sum is divided by, so that micro-batches, threads and one big
    /// batch agree.
    std::size_t count(const Index& target) const;

    /// What a mean divides by: count, or with class weights the sum of w(target), or of
    /// sum_k target(k) w(k). The sum of it over micro-batches is the `normaliser` of each.
    double mass(const Index& target) const;
    template <class Numbers, class Target = detail::TargetOf<Numbers>>
    double mass(const Numbers& target) const {
        return mass_of<Target>(target);
    }
    template <class Numbers, class = detail::IfNoTarget<Numbers>, class = void>
    double mass(const Numbers& target) const = delete;

private:
    // Defined for Index and Array. They are no overloads, because what stands in braces is classes.
    template <class Target>
    Variable of_lprobs(const Variable& lprobs, const Target& target) const;
    template <class Target>
    Variable of_logits(const Variable& logits, const Target& target) const;
    template <class Target>
    double mass_of(const Target& target) const;

    Variable loss(class LogProbabilities& lprobs, const Index& target) const;
    Variable loss(class LogProbabilities& lprobs, const Array& distribution) const;
    Variable z_term(const Variable& log_z, double mass) const;
};

}  // namespace xtape
