#pragma once

#include <optional>

#include <xtape/core/variable.hpp>

namespace xtape {

/// The targets, fitted to the rows of scores.
struct Alignment {
    Index index;        // [..., 1]  what gather may pick: a class, and class 0 for PAD
    Mask pad;           // [..., 1]  true for PAD
    Shape tokens;       // [...]     the axes without the classes
    std::size_t count;  // of tokens that are not PAD

    bool has_padding() const { return count < pad.size(); }
};

/// Checks every target, so that PAD never indexes and nothing else slips through. Errors begin with `op`.
///
///     target  [...] or [..., 1]   in [0, V), or ignore_index; IndexError otherwise
///     scores  [..., V]            ShapeError if the other axes differ
Alignment align(const char* op, const Index& target, const Shape& scores,
                const std::optional<std::int64_t>& ignore_index);

/// The same for targets that are distributions over the classes; a row of zeros is PAD. All indices
/// are 0.
///
///     distribution  [..., V], as the scores; ShapeError otherwise
///                   rows not negative that sum to 1, or are 0; ValueError otherwise
Alignment align(const char* op, const Array& distribution, const Shape& scores);

/// How many targets are not PAD.
std::size_t count_of(const Index& target, const std::optional<std::int64_t>& ignore_index);

/// Throws IndexError unless the target at the flat position i, not PAD, is one of the classes.
void require_class(const char* op, const Index& target, std::size_t i, std::size_t classes,
                   const std::optional<std::int64_t>& ignore_index);

/// Throws ValueError unless the numbers, of a row named by `what`, sum to 1 but for rounding.
void require_sum_of_one(const char* op, const std::string& what, const Real* numbers,
                        std::size_t count);

}  // namespace xtape
