#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <xtape/ops/gru_states.hpp>

namespace xtape {

/// The tokens of one of gru_states' sequences, in the order in which they are read.
inline std::vector<std::size_t> tokens_of(std::size_t sequence,
                                          const std::vector<std::size_t>& rows,
                                          Direction direction) {
    std::vector<std::size_t> tokens;
    std::size_t first = 0;
    for (const std::size_t count : rows) {
        if (sequence < count) {
            tokens.push_back(first + sequence);
        }
        first += count;
    }
    if (direction == Direction::backward) {
        std::reverse(tokens.begin(), tokens.end());
    }
    return tokens;
}

}  // namespace xtape
