#pragma once

#include <functional>
#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/core/workers.hpp>

namespace xtape {

/// What came of the pieces of a batch.
struct SharedGradients {
    std::vector<Real> losses;         // of each piece
    std::vector<Variable> gradients;  // of each parameter, summed over the pieces
};

/// How a batch is divided: `count` shares are for as many threads. Each is read in some pieces one after
/// the other, which takes the memory of one piece, and adds up their gradients in place.
struct Shares {
    Shares(std::size_t shares, std::size_t pieces_of_each = 1)
        : count(shares), pieces(pieces_of_each) {}

    std::size_t count;
    std::size_t pieces;
};

/// The gradients of loss_of_piece(0) + ... + loss_of_piece(count * pieces - 1), each computed on a tape of
/// its own, several at a time. The pieces of a share follow each other. For shares in one piece:
///
///     const auto [losses, gradients] = data_parallel_gradients(
///         workers, shares.size(), parameters, [&](std::size_t i) { return loss(shares[i]); });
///
///     loss_of_piece  returns a single number; called on the threads of `workers`. It may read the
///                    parameters, which nobody writes meanwhile, and whatever is its piece's own
///
/// Gradients are added in the order of the pieces, and those of the shares in theirs: for given Shares
/// the result has the same bits however many threads there are and whichever is first.
///
/// Throws what a piece throws, ValueError if there are none, TapeError while a tape records on this
/// thread: it would not see what happens on others.
SharedGradients data_parallel_gradients(Workers& workers, Shares shares,
                                        const std::vector<Variable>& parameters,
                                        const std::function<Variable(std::size_t)>& loss_of_piece);

}  // namespace xtape
