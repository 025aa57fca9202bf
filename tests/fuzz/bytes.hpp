#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <xtape/core/errors.hpp>

namespace fuzz {

/// A fuzzer's bytes, read as decisions. After the last byte come zeros, so that every beginning of
/// an input is an input, and a 0 should decide for what is plain.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

    bool are_read() const { return next_ == end_; }

    std::uint8_t byte() { return next_ == end_ ? std::uint8_t{0} : *next_++; }

    /// A number in [0, bound); bound is at most 256.
    std::size_t below(std::size_t bound) { return byte() % bound; }

    /// true once in n, and never when the bytes have ended; n is at most 256.
    bool one_in(std::size_t n) { return below(n) == n - 1; }

    /// A number in [low, high), one of 65536.
    double uniform(double low, double high) {
        const int upper = byte();  // first, whatever order a compiler has for operands
        return low + (high - low) * (upper * 256 + byte()) / 65536;
    }

    template <class T, std::size_t n>
    const T& one_of(const T (&choices)[n]) {
        return choices[below(n)];
    }

private:
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

/// Ends the program, which is how a fuzzer reports what it found, unless the property holds.
template <class... Parts>
void require(bool property, const Parts&... otherwise) {
    if (!property) {
        std::fprintf(stderr, "%s\n", xtape::text(otherwise...).c_str());
        std::abort();
    }
}

}  // namespace fuzz
