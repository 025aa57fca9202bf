#pragma once

#include <cstddef>
#include <vector>

#include <xtape/losses/row_blocks.hpp>

namespace xtape {

/// A table of scores, some rows of which have a loss, and where their gradients go.
struct ScoreRows {
    const RowLoss& loss;
    std::size_t width;
    const Real* scores;
    Real* slopes;  // may be the scores, which are read before; or nullptr, if nobody asks
    const std::int64_t* place;  // of each row in the table; nullptr: one follows the other
    const std::int64_t* target;
    const Real* cotangent;  // c of each row; or nullptr, which is 1 for a sum and none for each row
    bool past_cache;        // whether the gradients are too many for the cache

    /// The loss of rows [first, first + count), whose gradients by the scores are written. The steps
    /// in between are on a tape of their own.
    Array operator()(std::size_t first, std::size_t count) const;

private:
    std::size_t at(std::size_t i) const;
    Variable copied(std::size_t first, std::size_t count) const;
    Variable loss_of(const Variable& rows, std::size_t first) const;
    void write(const Array& gradient, std::size_t first) const;
    Variable cotangent_of(const Variable& y, std::size_t first) const;
};

/// y, the loss of so many rows. Throws ShapeError unless it is their sum or a loss for each.
Variable checked(Variable y, std::size_t rows);

/// How many rows of this many scores, and their gradients, stay in the cache of a core.
std::size_t rows_in_cache(std::size_t classes);

/// The losses of parts as one: their sum, or one after the other.
Array joined(const std::vector<Array>& parts);

}  // namespace xtape
