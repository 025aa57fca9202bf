#pragma once

#include <xtape/losses/detail/alignment.hpp>
#include <xtape/losses/reduction.hpp>

namespace xtape {

/// The rows that are not PAD, counted through all leading axes.
Index places_without_padding(const Alignment& aligned);

/// Where the rows that are not PAD stand among all.
struct RowsOfTokens {
    Index rows;    // [count]  counted through all leading axes
    Shape tokens;  // [...]
    bool are_all;  // there is no PAD; rows is left empty

    /// A loss of these rows as the loss of all: a loss matrix gets its zeros where PAD is.
    Variable among_all(const Variable& loss, Reduction reduction) const;
};

/// The rows of logits that are not PAD, for a loss of them alone: whatever stands in the others never
/// enters the graph. Where there is no PAD, logits and target are as they were.
template <class Target>
struct LiveRows {
    Variable scores;  // [count, V]
    Target target;    // [count], or [count, V] for distributions
    RowsOfTokens places;
};

LiveRows<Index> live_rows(const Variable& logits, const Index& target, const Alignment& aligned);
LiveRows<Array> live_rows(const Variable& logits, const Array& distribution,
                          const Alignment& aligned);

}  // namespace xtape
