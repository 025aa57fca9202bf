#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <xtape/core/variable.hpp>
#include <xtape/core/workers.hpp>
#include <xtape/losses/reduction.hpp>

namespace xtape {

/// A loss over rows of scores, each on its own:
///
///     scores   [n, V]
///     target   [n]      classes in [0, V)
///     returns  [], the sum over the rows, or [n], the loss of each
using RowLoss = std::function<Variable(const Variable& scores, const Index& target)>;

/// Where the scores come from, if they are not there yet: the last layer of a model, row by row.
///
///     scores      [n, D] -> [n, V]
///     parameters  what `scores` uses besides, for their gradients
struct Projection {
    std::function<Variable(const Variable& hidden)> scores;
    std::vector<Variable> parameters;
};

/// Computes any loss over rows a few rows at a time, so that what it needs in between stays in the
/// cache and never exists for all rows at once:
///
///     RowBlocks blocks;
///     blocks.ignore_index = pad;
///     const Variable loss = blocks(loss_of_rows, logits, target);
///
/// In every block the same operators run on a tape of its own, which is read at once; all that is
/// kept is the gradient. On the outer tape the loss is one operation, RowBlocks. Loss and gradients
/// are those without blocks, up to rounding; they have the same bits in every run with blocks of as
/// many rows, however many threads share them. When a gradient is differentiated again, it is
/// computed again without blocks, on the outer tape. A single block is none: the loss is computed
/// as it is.
///
/// With a projection the scores of all rows never exist: beyond the gradients, memory is needed for
/// a block only.
struct RowBlocks {
    std::size_t rows = 0;  // of a block, at most; 0 stands for as many as keep it in the cache
    std::optional<std::int64_t> ignore_index;  // rows with this target are not computed at all
    Workers* workers = nullptr;  // who share the blocks; they outlive the tape. Nobody: this thread

    ///     loss     called on the threads of the workers, several at a time
    ///     logits   [..., V]
    ///     target   [...] or [..., 1]   classes in [0, V), or ignore_index; IndexError otherwise
    ///     returns  [], or [...] if `loss` returns the losses of its rows; ignored rows have loss 0
    ///
    /// Throws ShapeError if shapes do not fit or `loss` returns another one; what `loss` throws.
    Variable operator()(const RowLoss& loss, const Variable& logits, const Index& target) const;

    ///     hidden   [..., D]
    Variable operator()(const RowLoss& loss, const Variable& hidden, const Projection& projection,
                        const Index& target) const;
};

namespace detail {
/// The loss of rows that all count, and that make up a part of a mean.
template <class Criterion>
RowLoss loss_of_part(Criterion criterion, const Index& target) {
    const double mass = criterion.reduction == Reduction::mean ? criterion.mass(target) : 0;
    if (!criterion.normaliser && mass > 0) {
        criterion.normaliser = mass;
    }
    return [criterion](const Variable& scores, const Index& classes) {
        return criterion.from_logits(scores, classes);
    };
}
}  // namespace detail

/// criterion.from_logits(logits, target) in row blocks, for any criterion whose targets are classes:
///
///     const Variable loss = in_row_blocks(criterion, logits, target);
///     const Variable loss = in_row_blocks(criterion, hidden, projection, target);
template <class Criterion>
Variable in_row_blocks(const Criterion& criterion, const Variable& logits, const Index& target,
                       RowBlocks blocks = {}) {
    blocks.ignore_index = criterion.ignore_index;
    return blocks(detail::loss_of_part(criterion, target), logits, target);
}
template <class Criterion>
Variable in_row_blocks(const Criterion& criterion, const Variable& hidden,
                       const Projection& projection, const Index& target, RowBlocks blocks = {}) {
    blocks.ignore_index = criterion.ignore_index;
    return blocks(detail::loss_of_part(criterion, target), hidden, projection, target);
}

}  // namespace xtape
