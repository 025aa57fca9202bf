#pragma once

#include <cstdint>
#include <exception>
#include <initializer_list>
#include <string>

#include <xtape/core/array.hpp>
#include <xtape/core/detail/bits.hpp>

namespace xtape {

/// Numbers in [-1, 1), the same in every run.
Array random_array(const Shape& shape, std::uint64_t seed = 1);

/// Numbers in [low, high), the same in every run.
Array random_array(const Shape& shape, double low, double high, std::uint64_t seed = 1);

/// An array given by its shape and its numbers in row-major order. (Nested braces of one element each
/// are ambiguous to xtensor.)
Array array_of(const Shape& shape, std::initializer_list<Real> numbers);
Index index_of(const Shape& shape, std::initializer_list<std::int64_t> numbers);
Mask mask_of(const Shape& shape, std::initializer_list<bool> flags);

/// x with `value` at the positions that `mask` marks, whose axes are those of x without the last.
Array with(Array x, const Mask& mask, Real value);

/// sum_i a_i b_i. The shapes must agree.
double inner_product(const Array& a, const Array& b);

/// Whether shapes agree and |a_i - b_i| <= tolerance max(1, |b_i|) everywhere; nan equals nan.
bool close(const Array& a, const Array& b, double tolerance = 1e-12);

/// What the call throws, or "" if it throws nothing.
template <class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

}  // namespace xtape
