#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/losses/row_blocks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>
#include "tests/support/arrays.hpp"

namespace xtape {

inline const Index target = {{2, 4, 1}, {4, 0, 3}, {2, 2, 4}};  // PAD is 4
inline constexpr std::int64_t pad = 4;

inline RowBlocks blocks_of(std::size_t rows, Workers* workers = nullptr) {
    RowBlocks blocks;
    blocks.rows = rows;
    blocks.workers = workers;
    return blocks;
}

/// logits = hidden W' + b
struct Layer {
    Variable weight = Variable(random_array({5, 3}, 7));
    Variable bias = Variable(random_array({5}, 8));

    Projection projection() const {
        return {[*this](const Variable& hidden) {
                    return matmul(hidden, weight, Operand::plain, Operand::transposed) + bias;
                },
                {weight, bias}};
    }
};

/// A loss and its gradients by a random cotangent.
struct Outcome {
    Array loss;
    std::vector<Array> gradients;
};

template <class Loss>
Outcome outcome_of(Loss loss, const std::vector<Variable>& sources) {
    Tape tape;
    const Variable y = loss();
    Outcome outcome{y.value(), {}};
    const Array cotangent = random_array(y.shape(), 3);
    for (const Variable& g : tape.gradients(y, cotangent, sources)) {
        outcome.gradients.push_back(g.value());
    }
    return outcome;
}

inline void check_close(const Outcome& a, const Outcome& b) {
    CHECK(close(a.loss, b.loss));
    REQUIRE(a.gradients.size() == b.gradients.size());
    for (std::size_t k = 0; k < a.gradients.size(); ++k) {
        CAPTURE(k);
        CHECK(close(a.gradients[k], b.gradients[k]));
    }
}

}  // namespace xtape
