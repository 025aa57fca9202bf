#include <xtape/train/data_parallel.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/core/plus.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

namespace {

/// Calls visit(p) for the parameters that are thread t's, about as many numbers for each of them.
template <class Visit>
void for_those_of(std::size_t t, std::size_t threads, const std::vector<Variable>& parameters,
                  Visit visit) {
    std::size_t all = 0;
    for (const Variable& parameter : parameters) {
        all += parameter.value().size();
    }
    std::size_t before = 0;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        const std::size_t size = parameters[p].value().size();
        const std::size_t owner = all == 0 ? 0 : (2 * before + size) * threads / (2 * all);
        if (std::min(owner, threads - 1) == t) {
            visit(p);
        }
        before += size;
    }
}

}  // namespace

SharedGradients data_parallel_gradients(Workers& workers, Shares shares,
                                        const std::vector<Variable>& parameters,
                                        const std::function<Variable(std::size_t)>& loss_of_piece) {
    if (shares.count == 0 || shares.pieces == 0) {
        throw ValueError(text("data_parallel_gradients: there are ", shares.count, " shares",
                              shares.pieces == 0 ? " of 0 pieces" : "", "; at least 1 is needed"));
    }
    if (is_recording()) {
        throw TapeError(
            "data_parallel_gradients: a tape records on this thread, but the shares are "
            "recorded on tapes of their own; close it first");
    }
    std::vector<Real> losses(shares.count * shares.pieces);
    std::vector<std::vector<Variable>> gradients(shares.count);
    workers.run(shares.count, [&](std::size_t share) {
        std::vector<Variable>& sums = gradients[share];
        for (std::size_t k = 0; k < shares.pieces; ++k) {
            const std::size_t piece = share * shares.pieces + k;
            Tape tape;
            const Variable loss = loss_of_piece(piece);
            sums = k == 0 ? tape.gradients(loss, parameters)
                          : tape.add_gradients(loss, parameters, std::move(sums));
            losses[piece] = loss.item();
        }
    });
    std::vector<Variable>& sums = gradients[0];
    workers.run(workers.size(), [&](std::size_t t) {
        for_those_of(t, workers.size(), parameters, [&](std::size_t p) {
            for (std::size_t share = 1; share < shares.count; ++share) {
                sums[p] = plus(std::move(sums[p]), gradients[share][p]);
            }
        });
    });
    return {std::move(losses), std::move(sums)};
}

}  // namespace xtape
