#pragma once

#include "tests/dual/comparison.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

/// A call with operands of its own.
struct Sample {
    std::vector<Array> operands;
    Call call;
};

/// Draws until the row has a call to offer.
Sample sample(const Row& row, Choices& choices);

/// The call as a function of its operands.
Subject subject_of(const Sample& sample);

}  // namespace xtape::dual
