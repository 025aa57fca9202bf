#pragma once

#include <array>
#include <cstdint>

#include <xtape/core/array.hpp>

namespace xtape {

/// A seeded source of random numbers that is counter-based: the i-th draw of stream s is a function
/// of (seed, s, i) alone, Philox 4x32-10 of Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3" (2011). So draws depend neither on the thread nor on what other streams drew, and
/// they are the same with every compiler.
class Random {
public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

    /// Another stream of the same seed, for a layer, a step or a thread of its own. Which one
    /// depends on this stream's number and on k, not on what was drawn.
    Random split(std::uint64_t k) const;

    std::uint64_t next();                      // 64 random bits
    double uniform();                          // in [0, 1), 53 bits
    double normal();                           // mean 0, standard deviation 1
    std::uint64_t below(std::uint64_t bound);  // in [0, bound), exactly uniform; bound > 0

    Array uniform(const Shape& shape, double low, double high);
    Array normal(const Shape& shape, double mean, double deviation);

    /// true with probability p, element by element. Throws ValueError unless p is in [0, 1].
    Mask bernoulli(const Shape& shape, double p);

private:
    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t counter_ = 0;
    std::array<std::uint32_t, 4> block_{};
    unsigned used_ = 4;  // words of block_
};

}  // namespace xtape
