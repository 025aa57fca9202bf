#include <xtape/core/detail/stream.hpp>

#include <vector>

#include <doctest/doctest.h>

#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("stream") {
    TEST_CASE("copies any number of numbers, from and to any place, and nothing beside them") {
        const Array from = random_array({200});
        for (const std::size_t n : std::vector<std::size_t>{0, 1, 3, 7, 8, 17, 64, 150}) {
            for (const std::size_t place : std::vector<std::size_t>{0, 1, 2, 5, 11}) {
                for (const auto copy : {copy_in, copy_past_cache}) {
                    Array to({200}, 5);
                    copy(from.data() + place, n, to.data() + 2 * place);
                    bool same = true;
                    for (std::size_t i = 0; i < 200; ++i) {
                        const bool inside = i >= 2 * place && i < 2 * place + n;
                        same = same && to(i) == (inside ? from(i - place) : 5);
                    }
                    CAPTURE(n);
                    CAPTURE(place);
                    CHECK(same);
                }
            }
        }
    }
}
