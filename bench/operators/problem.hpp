#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/support/passes.hpp"

/// What every system computes: an operator's value and, given the gradient of that, the gradients
/// of its inputs. All numbers are made here, so that systems can be compared.
namespace operators_bench {

using Extents = std::vector<std::size_t>;

/// An operator and the arrays that it is differentiated by. Its name says both, as in
/// "matmul 2560x128 128x512"; operators know which rows and weights come on top.
struct Case {
    explicit Case(const std::string& name);

    std::string op;
    std::vector<Extents> inputs;
};

constexpr double dropout_rate = 0.1;
constexpr std::size_t heads = 4;
constexpr std::size_t looked_up = 2560;  // rows of the table, by an embedding

std::size_t count(const Extents& extents);

/// Fills input k; matrices of weights are small, as initialised ones are.
void fill_input(float* out, const Extents& extents, std::size_t k);

/// Fills the gradient of the output.
void fill_cotangent(float* out, std::size_t count);

/// The i-th row that an embedding looks up.
std::int64_t index_at(std::size_t i, std::size_t rows);

/// Whether the key is padding in that word: up to three at the end of each.
bool hidden_at(std::size_t word, std::size_t key, std::size_t keys);

/// What a system shows to be compared. Which elements dropout drops is chance: instead of the
/// dropped ones, what they had been is passed on, if about as many are dropped as should be.
class Shown {
public:
    Shown(const Case& problem, const bench::Look& look) : problem_(problem), look_(look) {}

    void operator()(const float* numbers, std::size_t count);

private:
    void show_dropped(const float* numbers, std::size_t count);

    const Case& problem_;
    const bench::Look& look_;
    std::vector<bool> dropped_;
};

}  // namespace operators_bench
