#pragma once

#include <optional>

#include <xtape/losses/detail/alignment.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>

namespace xtape {

/// What multiplies a term of the loss: one number for all tokens, and one for each where they differ.
struct Factor {
    double of_all = 1;
    std::optional<Array> of_each;  // [..., 1], or [..., V] for distributions
};

/// Where the probability mass of a smoothed target goes. With shares d(k) of the classes, D their
/// sum, and class weights w(k), the loss of a token is
///
///     nll (-log p(target))  +  smooth (- sum_k classes(k) log p(k)),      classes(k) = d(k) w(k),
///
///     uniform     smooth = eps / D                  nll = w(target) (1 - eps)
///     otherwise   smooth = eps / (D - d(target))    nll = w(target) (1 - eps - smooth d(target)),
///
/// so that the sum over all classes gives nothing to the target itself.
struct Weights {
    std::optional<Array> classes;  // [V]; absent where all are 1
    double sum_of_classes;
    Factor nll;
    Factor smooth;
    double mass;  // what a mean divides by
};

/// The weights for classes as targets, and for distributions. The settings must be checked.
///
/// Throws ValueError if a target is the only class with a share, and not to have it.
Weights weights_of(const LabelSmoothedCrossEntropy& criterion, const Alignment& aligned,
                   std::size_t classes);
Weights weights_of(const LabelSmoothedCrossEntropy& criterion, const Array& distribution,
                   const Alignment& aligned);

}  // namespace xtape
