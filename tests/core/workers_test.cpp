#include <xtape/core/workers.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace xtape;

TEST_SUITE("workers") {
    TEST_CASE("do every piece once") {
        for (const std::size_t threads : {1u, 2u, 3u}) {
            Workers workers(threads);
            CHECK(workers.size() == threads);
            for (const std::size_t n : {0u, 1u, 2u, 7u}) {
                std::vector<int> done(n);
                workers.run(n, [&](std::size_t i) { ++done[i]; });
                CHECK(done == std::vector<int>(n, 1));
            }
        }
    }
    TEST_CASE("give a piece to the same thread every time, the caller being the first") {
        Workers workers(3);
        std::vector<std::thread::id> first(6);
        std::vector<std::thread::id> second(6);
        workers.run(6, [&](std::size_t i) { first[i] = std::this_thread::get_id(); });
        workers.run(6, [&](std::size_t i) { second[i] = std::this_thread::get_id(); });
        CHECK(first == second);
        CHECK(first[0] == std::this_thread::get_id());
        CHECK(first[0] != first[1]);
        CHECK(first[1] != first[2]);
        CHECK(first[2] == first[5]);
    }
    TEST_CASE("are ready for the next call, a thousand times") {
        Workers workers(2);
        std::atomic<int> done{0};
        for (int call = 0; call < 1000; ++call) {
            workers.run(2, [&](std::size_t) { ++done; });
            REQUIRE(done == 2 * (call + 1));
        }
    }
    TEST_CASE("throw the exception of the first piece that failed, when all are done") {
        for (const std::size_t threads : {1u, 2u}) {
            Workers workers(threads);
            std::atomic<int> done{0};
            const auto piece = [&](std::size_t i) {
                if (i == 2 || i == 3) {
                    throw std::runtime_error(i == 2 ? "two" : "three");
                }
                ++done;
            };
            CHECK_THROWS_WITH_AS(workers.run(6, piece), "two", std::runtime_error);
            CHECK(done == 4);
            workers.run(2, piece);
            CHECK(done == 6);
        }
    }
    TEST_CASE("may be called from inside a piece") {
        Workers workers(2);
        std::atomic<int> done{0};
        workers.run(2, [&](std::size_t) { workers.run(3, [&](std::size_t) { ++done; }); });
        CHECK(done == 6);
        workers.run(2, [&](std::size_t) { ++done; });
        CHECK(done == 8);
    }
    TEST_CASE("serve several callers, one after the other") {
        Workers workers(2);
        std::atomic<int> done{0};
        std::thread other([&] {
            for (int call = 0; call < 100; ++call) {
                workers.run(3, [&](std::size_t) { ++done; });
            }
        });
        for (int call = 0; call < 100; ++call) {
            workers.run(3, [&](std::size_t) { ++done; });
        }
        other.join();
        CHECK(done == 600);
    }
    TEST_CASE("are at least one") {
        CHECK_THROWS_WITH_AS(
            Workers(0), "Workers: the number of threads is 0; it must be at least 1", ValueError);
    }
}
