#include <xtape/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

using Words = std::array<std::uint32_t, 4>;

/// Philox 4x32-10 as its paper writes it: ten rounds of two products, the key raised after each.
Words philox(Words c, std::uint32_t key0, std::uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57} * c[2];
        c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key0, static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key1, static_cast<std::uint32_t>(a)};
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
    return c;
}

std::vector<std::uint64_t> draws(Random random, int count) {
    std::vector<std::uint64_t> list;
    for (int i = 0; i < count; ++i) {
        list.push_back(random.next());
    }
    return list;
}

/// The mean of (x - center)^power.
double moment(const Array& x, double center, int power) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        sum += std::pow(double{x.data()[i]} - center, power);
    }
    return sum / static_cast<double>(x.size());
}

}  // namespace

TEST_SUITE("random") {
    TEST_CASE("starts with the published first block of Philox 4x32-10") {
        Random random(0);
        CHECK(random.next() == 0xe169c58d6627e8d5);
        CHECK(random.next() == 0x9b00dbd8bc57ac4c);
    }
    TEST_CASE("is Philox 4x32-10 of the seed, the stream and the position") {
        constexpr std::uint32_t ones = 0xffffffff;
        REQUIRE(philox({0, 0, 0, 0}, 0, 0) ==
                Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
        REQUIRE(philox({ones, ones, ones, ones}, ones, ones) ==
                Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
        REQUIRE(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
                Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
        Random random(0x299f31d0a4093822, 0x0370734413198a2e);
        for (std::uint32_t i = 0; i < 100; ++i) {
            const Words w = philox({i, 0, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0);
            CHECK(random.next() == ((std::uint64_t{w[1]} << 32) | w[0]));
            CHECK(random.next() == ((std::uint64_t{w[3]} << 32) | w[2]));
        }
    }
    TEST_CASE("draws the same numbers again from the same seed, and others from another") {
        CHECK(draws(Random(7), 100) == draws(Random(7), 100));
        CHECK(draws(Random(7), 100) != draws(Random(8), 100));
        CHECK(draws(Random(7, 1), 100) != draws(Random(7, 2), 100));
    }
    TEST_CASE("draws the same numbers on any thread") {
        std::vector<std::uint64_t> elsewhere;
        std::thread([&] { elsewhere = draws(Random(7), 100); }).join();
        CHECK(elsewhere == draws(Random(7), 100));
    }
    TEST_CASE("goes on by itself when copied") {
        Random random(7);
        random.next();
        Random copy = random;
        CHECK(draws(random, 10) == draws(copy, 10));
        copy.next();
        CHECK(draws(random, 10) != draws(copy, 10));
    }

    TEST_CASE("splits off streams that do not depend on what was drawn") {
        Random random(7);
        const auto before = draws(random.split(3), 10);
        random.next();
        random.split(4).next();
        CHECK(draws(random.split(3), 10) == before);
        CHECK(draws(Random(8).split(3), 10) != before);
    }
    TEST_CASE("splits off streams that differ, and whose own do") {
        const Random random(7);
        std::set<std::uint64_t> first = {Random(7).next()};
        for (std::uint64_t k = 0; k < 100; ++k) {
            first.insert(random.split(k).next());
            for (std::uint64_t j = 0; j < 100; ++j) {
                first.insert(random.split(k).split(j).next());
            }
        }
        CHECK(first.size() == 1 + 100 + 100 * 100);
    }

    TEST_CASE("is uniform in [0, 1), with 53 bits") {
        Random random(1);
        double lowest = 1;
        double highest = 0;
        bool is_multiple = true;
        for (int i = 0; i < 100000; ++i) {
            const double u = random.uniform();
            lowest = std::min(lowest, u);
            highest = std::max(highest, u);
            is_multiple = is_multiple && std::floor(u * 0x1p53) == u * 0x1p53;
        }
        CHECK(lowest >= 0);
        CHECK(lowest < 1e-4);
        CHECK(highest < 1);
        CHECK(highest > 1 - 1e-4);
        CHECK(is_multiple);
        CHECK(Random(0).uniform() == static_cast<double>(0xe169c58d6627e8d5 >> 11) * 0x1p-53);
    }
    TEST_CASE("has the moments of a uniform distribution") {  // to five standard errors
        const Array x = Random(2).uniform({100000}, 2, 6);
        CHECK(std::abs(moment(x, 0, 1) - 4) < 0.02);
        CHECK(std::abs(moment(x, 4, 2) - 16.0 / 12) < 0.02);
        CHECK(*std::min_element(x.begin(), x.end()) >= 2);
        CHECK(*std::max_element(x.begin(), x.end()) < 6);
    }
    TEST_CASE(
        "has the moments and the tails of a normal distribution") {  // to five standard errors
        const Array x = Random(3).normal({100000}, 10, 2);
        CHECK(std::abs(moment(x, 0, 1) - 10) < 5 * 2 / std::sqrt(1e5));
        CHECK(std::abs(moment(x, 10, 2) / 4 - 1) < 5 * std::sqrt(2 / 1e5));
        CHECK(std::abs(moment(x, 10, 3) / 8) < 5 * std::sqrt(15 / 1e5));
        CHECK(std::abs(moment(x, 10, 4) / 16 - 3) < 5 * std::sqrt(96 / 1e5));
        const auto outside = std::count_if(x.begin(), x.end(), [](Real v) {
            return std::abs(v - 10) > 2 * 1.959964;  // one in twenty
        });
        CHECK(std::abs(static_cast<double>(outside) - 5000) < 5 * std::sqrt(1e5 * 0.05 * 0.95));
    }
    TEST_CASE("fills any shape") {
        CHECK(Random(4).uniform({}, 0, 1).size() == 1);
        CHECK(Random(4).normal({2, 0}, 0, 1).shape() == Shape{2, 0});
        CHECK(same_bits(Random(4).normal({2, 3}, 0, 1), Random(4).normal({2, 3}, 0, 1)));
        CHECK(Random(4).uniform({3}, 5, 5) == Array{5, 5, 5});
    }

    TEST_CASE("draws below a bound, each number equally often") {
        Random random(5);
        std::vector<int> count(10);
        for (int i = 0; i < 100000; ++i) {
            ++count[random.below(10)];
        }
        for (const int n : count) {
            CHECK(std::abs(n - 10000) < 5 * 95);
        }
        CHECK(random.below(1) == 0);
    }
    TEST_CASE("is not biased where the bound does not divide 2^64") {
        // 2^64 numbers modulo 3 * 2^62 would hit the first third twice as often as the others.
        constexpr std::uint64_t third = std::uint64_t{1} << 62;
        Random random(6);
        int in_first = 0;
        for (int i = 0; i < 30000; ++i) {
            const std::uint64_t draw = random.below(3 * third);
            REQUIRE(draw < 3 * third);
            in_first += draw < third;
        }
        CHECK(std::abs(in_first - 10000) < 5 * 82);
    }
    TEST_CASE("refuses a bound of 0") {
        CHECK_THROWS_WITH_AS(Random(1).below(0),
                             "Random: nothing is below 0; the bound must be positive", ValueError);
    }

    TEST_CASE("is true where a word of the stream is below the probability") {
        constexpr std::uint64_t seed = 0x299f31d0a4093822, stream = 0x0370734413198a2e;
        Random random(seed, stream);
        random.next();  // of block 0
        const Mask mask = random.bernoulli({7, 143}, 0.25);
        for (std::uint32_t i = 0; i < mask.size(); ++i) {
            const Words w = philox({1 + i / 4, 0, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0);
            REQUIRE(mask.data()[i] == (w[i % 4] < 0x40000000));
        }
        random.next();  // what is left of block 0
        const Words next = philox({252, 0, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0);
        CHECK(random.next() == ((std::uint64_t{next[1]} << 32) | next[0]));
    }
    TEST_CASE("is true as often as it is told") {
        for (const double p : {0.1, 0.5, 0.9}) {
            const Mask mask = Random(7).bernoulli({100000}, p);
            const auto hits = std::count(mask.begin(), mask.end(), true);
            const double rate = static_cast<double>(hits) / 1e5;
            CHECK(std::abs(rate - p) < 5 * std::sqrt(p * (1 - p) / 1e5));
        }
    }
    TEST_CASE("is never true with probability 0, and always with 1") {
        CHECK(Random(8).bernoulli({1001}, 0) == Mask(Mask::shape_type{1001}, false));
        CHECK(Random(8).bernoulli({1001}, 1) == Mask(Mask::shape_type{1001}, true));
    }
    TEST_CASE("is true independently from element to element") {
        const Mask mask = Random(9).bernoulli({100001}, 0.5);
        int equal = 0;
        for (std::size_t i = 0; i < 100000; ++i) {
            equal += mask(i) == mask(i + 1);
        }
        CHECK(std::abs(equal - 50000) < 5 * 158);
    }
    TEST_CASE("continues after a mask with new numbers") {
        Random random(10);
        const Mask first = random.bernoulli({64}, 0.5);
        CHECK(first != random.bernoulli({64}, 0.5));
        CHECK(first == Random(10).bernoulli({64}, 0.5));
        CHECK(random.bernoulli({0, 3}, 0.5).shape() == Shape{0, 3});
    }
    TEST_CASE("refuses what is no probability") {
        CHECK_THROWS_WITH_AS(Random(1).bernoulli({2}, -0.1),
                             "Random: the probability -0.1 is outside [0, 1]", ValueError);
        CHECK_THROWS_WITH_AS(Random(1).bernoulli({2}, 1.5),
                             "Random: the probability 1.5 is outside [0, 1]", ValueError);
        CHECK_THROWS_AS(Random(1).bernoulli({2}, NAN), ValueError);
    }
}
