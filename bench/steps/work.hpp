#pragma once

#include <vector>

#include "problem.hpp"

/// What a training step has to compute, whoever computes it.
namespace steps_bench {

enum class Kind {
    product,  // [rows, inner] by weights [inner, columns], `count` times by the same, one after the other
    pairs,  // `count` products of matrices of their own
    pass,   // something done to [rows, columns] numbers, `count` times as many; `inner` is 1
};

struct Work {
    Kind kind;
    std::size_t rows, inner, columns, count;
};

/// Sequences as long as these, on either side.
struct Sizes {
    std::size_t rows, source, target;
};

enum class Padding { counted, left_out };

/// The mean lengths of the batches, of the longest rows or of all.
Sizes sizes_of(const Case& problem, Padding padding);

/// The way forward in the order of the model, from the embeddings to the loss. Of steps that go over
/// the numbers one by one, a pass each: bias, activation, normalisation, residual; scale, mask and
/// softmax together.
std::vector<Work> forward_work(const Case& problem, const Sizes& sizes);

/// Multiplications and additions in the products of a step, two of which stand behind each on the
/// way back.
double step_flops(const std::vector<Work>& forward);

}  // namespace steps_bench
