#include <xtape/core/detail/philox.hpp>

#include <vector>

#include <doctest/doctest.h>

using namespace xtape;

TEST_SUITE("philox") {
    TEST_CASE("makes many blocks as it makes one") {
        const Philox philox{0x123456789abcdef0, 0xfedcba9876543210};
        // The second carries into the upper word of the position, the third back to its start.
        for (const std::uint64_t start : std::vector<std::uint64_t>{
                 0, 0xffffffff - 20, 0xffffffffffffffff - 20, 0x5555555555555555}) {
            const Philox::Run words = philox.run(start);
            for (std::size_t i = 0; i < words.size(); ++i) {
                CAPTURE(start);
                CAPTURE(i);
                CHECK(words[i] == philox.block(start + i / 4)[i % 4]);
            }
        }
    }
}
