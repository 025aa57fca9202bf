#pragma once

#include <optional>

#include <xtape/core/random.hpp>
#include <xtape/nn/parameters.hpp>

namespace xtape {

/// y[i] = table[tokens[i]]: a vector to learn for each token.
///
///     tokens  any shape, every entry in [0, count); IndexError otherwise
///     table   [count, width], at first normal with standard deviation 1 / sqrt(width)
///     y       [..., width]
///
/// The row of `padding`, if there is one, is zero and gets no gradient: training leaves it so. The
/// constructor throws ValueError unless it is in [0, count).
struct Embedding {
    Embedding(std::size_t count, std::size_t width, Random& random,
              std::optional<std::int64_t> padding_token = {});

    Variable operator()(const Index& tokens) const;
    template <class Numbers, class = IfNoIndex<Numbers>>
    Variable operator()(const Numbers& tokens) const = delete;
    Parameters parameters() const;

    Variable table;
    std::optional<std::int64_t> padding;
};

}  // namespace xtape
