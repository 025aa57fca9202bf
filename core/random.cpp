#include <xtape/core/random.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/philox.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

/// The finaliser of SplitMix64: neighbouring numbers become unrelated ones.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

}  // namespace

Random Random::split(std::uint64_t k) const {
    return Random(seed_, mix(mix(stream_ + 0x9e3779b97f4a7c15U) + k));
}

std::uint64_t Random::next() {
    if (used_ == 4) {
        block_ = Philox{seed_, stream_}.block(counter_++);
        used_ = 0;
    }
    used_ += 2;
    return (std::uint64_t{block_[used_ - 1]} << 32) | block_[used_ - 2];
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

// Box and Muller: the radius and the angle of a point that is normal in the plane.
double Random::normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
}

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) {
        throw ValueError("Random: nothing is below 0; the bound must be positive");
    }
    const std::uint64_t biased = (0 - bound) % bound;  // 2^64 mod bound
    std::uint64_t bits = next();
    while (bits < biased) {
        bits = next();
    }
    return bits % bound;
}

Array Random::uniform(const Shape& shape, double low, double high) {
    Array x = Array::from_shape(shape);
    std::generate(x.data(), x.data() + x.size(),
                  [&] { return static_cast<Real>(low + (high - low) * uniform()); });
    return x;
}

Array Random::normal(const Shape& shape, double mean, double deviation) {
    Array x = Array::from_shape(shape);
    std::generate(x.data(), x.data() + x.size(),
                  [&] { return static_cast<Real>(mean + deviation * normal()); });
    return x;
}

Mask Random::bernoulli(const Shape& shape, double p) {
    if (!(p >= 0 && p <= 1)) {
        throw ValueError(text("Random: the probability ", p, " is outside [0, 1]"));
    }
    // A word is below the threshold with probability p, to within 2^-32. For p = 1 that is 2^32,
    // more than a word can hold; and to compare with what holds more takes twice as long.
    const auto threshold = static_cast<std::uint64_t>(std::ldexp(p, 32));
    const std::uint32_t limit = low_word(threshold);
    const bool always = high_word(threshold) != 0;
    Mask mask = Mask::from_shape(shape);
    for (std::size_t i = 0; i < mask.size(); i += std::tuple_size_v<Philox::Run>) {
        const Philox::Run words = Philox{seed_, stream_}.run(counter_ + i / 4);
        bool* part = mask.data() + i;
        for (std::size_t k = 0, n = std::min(words.size(), mask.size() - i); k < n; ++k) {
            part[k] = (words[k] < limit) | always;
        }
    }
    counter_ += (mask.size() + 3) / 4;
    return mask;
}

}  // namespace xtape
