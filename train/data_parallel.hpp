#pragma once

#include <functional>
#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/core/workers.hpp>

namespace xtape {

/// What came of the shares of a batch.
struct SharedGradients {
    std::vector<Real> losses;         // of each share
    std::vector<Variable> gradients;  // of each parameter, summed over the shares
};

/// The gradients of loss_of_share(0) + ... + loss_of_share(shares - 1), each computed on a tape of its
/// own, several at a time:
///
///     const auto [losses, gradients] = data_parallel_gradients(
///         workers, shares.size(), parameters, [&](std::size_t i) { return loss(shares[i]); });
///
///     loss_of_share  returns a single number; called on the threads of `workers`. It may read the
///                    parameters, which nobody writes meanwhile, and whatever is its share's own
///
/// Gradients are added in the order of the shares: for a given number of shares the result has the
/// same bits however many threads there are and whichever is first.
///
/// Throws what a share throws, TapeError while a tape records on this thread: it would not see what
/// happens on others.
SharedGradients data_parallel_gradients(Workers& workers, std::size_t shares,
                                        const std::vector<Variable>& parameters,
                                        const std::function<Variable(std::size_t)>& loss_of_share);

}  // namespace xtape
