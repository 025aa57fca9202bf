#pragma once

#include <cstddef>
#include <cstdint>

#include <xtape/core/random.hpp>

namespace xtape::dual {

/// Where decisions come from: a seed, or the bytes that a fuzzer varies. A bound is at most 256.
class Choices {
public:
    virtual ~Choices() = default;

    virtual std::uint64_t below(std::uint64_t bound) = 0;  // in [0, bound); bound > 0
    virtual double uniform(double low, double high) = 0;   // in [low, high)
    virtual bool exhausted() const { return false; }       // nothing is left to decide by

    std::int64_t between(std::int64_t first, std::int64_t last) {  // in [first, last]
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    bool one_in(std::uint64_t n) { return below(n) == n - 1; }
    bool coin() { return one_in(2); }
};

class RandomChoices : public Choices {
public:
    explicit RandomChoices(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t bound) override { return random_.below(bound); }
    double uniform(double low, double high) override {
        return low + (high - low) * random_.uniform();
    }

private:
    Random random_;
};

}  // namespace xtape::dual
