#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

/// What every system computes: the label-smoothed cross entropy of `rows` tokens over `classes`
/// classes and its gradients, from logits, or from hidden states by a projection with a bias.
namespace criterion_bench {

struct Case {
    const char* name;
    std::size_t rows, classes, width;  // the width of the hidden states; 0: from logits
};

constexpr std::array<Case, 5> cases{{{"4096x32000", 4096, 32000, 0},
                                     {"2048x8000", 2048, 8000, 0},
                                     {"512x1000", 512, 1000, 0},
                                     {"64x40", 64, 40, 0},
                                     {"4096x256->32000", 4096, 32000, 256}}};

constexpr double smoothing = 0.1;

// Every system looks for PAD, and there is none: all do the same work.
constexpr std::int64_t ignore_index = 0;

inline std::int64_t target_at(std::size_t row, std::size_t classes) {
    return static_cast<std::int64_t>(1 + (row * 31) % (classes - 1));
}

// Rows repeat after these, so that a reference in double precision costs little.
constexpr std::size_t different_rows = 8;

/// Numbers in [-scale, scale] that look random enough.
inline float number_at(std::size_t row, std::size_t column, float scale) {
    const auto n =
        (row % different_rows * 7919 + column * 104729 + row % different_rows * column) % 2003;
    return (static_cast<float>(n) / 1001.0F - 1.0F) * scale;
}

inline float logit_at(std::size_t row, std::size_t j) {
    return number_at(row, j, 3);
}
inline float hidden_at(std::size_t row, std::size_t k) {
    return number_at(row, k, 1);
}
inline float bias_at(std::size_t j) {
    return number_at(5, j, 0.5F);
}

/// W is [width, classes]; its rows all differ.
inline float weight_at(std::size_t k, std::size_t j) {
    return number_at(3, k * 613 + j * 7 + k * j, 0.2F);
}

/// Fills an array [rows, columns] with number(row, column).
template <class Number>
void fill(float* out, std::size_t rows, std::size_t columns, Number number) {
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            *out++ = number(i, j);
        }
    }
}

/// Throws std::invalid_argument if there is none of this name.
const Case& find_case(const std::string& name);

}  // namespace criterion_bench
