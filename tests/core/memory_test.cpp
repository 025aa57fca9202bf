#include <xtape/core/memory.hpp>

#include <cstdint>
#include <cstring>
#include <future>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/array.hpp>

using namespace xtape;

namespace {

std::size_t system_blocks() {
    return memory::statistics().system_blocks;
}

std::size_t unused_bytes() {
    return memory::statistics().unused_bytes;
}

/// By how many bytes more wait after this many were freed: the size of their class. 0 where nothing is
/// kept, as under sanitizers. Small blocks are cut several at a time.
std::size_t kept_of(std::size_t bytes) {
    memory::release();
    const std::size_t before = unused_bytes();
    memory::deallocate(memory::allocate(bytes), bytes);
    return unused_bytes() - before;
}

/// Whether freed blocks are kept at all.
bool is_pooled() {
    return kept_of(1000) > 0;
}

/// Allocates and frees a block, and tells where it was.
void* place_of_block(std::size_t bytes) {
    void* block = memory::allocate(bytes);
    memory::deallocate(block, bytes);
    return block;
}

constexpr std::size_t slab = std::size_t{1} << 21;

constexpr std::size_t sizes[] = {1, 64, 65, 1000, 4096, 100000, std::size_t{5} << 20};

}  // namespace

TEST_SUITE("memory") {
    TEST_CASE("aligns small blocks to 16 bytes and others to 64, and all their bytes are usable") {
        for (const std::size_t bytes : sizes) {
            void* block = memory::allocate(bytes);
            CHECK(reinterpret_cast<std::uintptr_t>(block) % (bytes > 256 ? 64 : 16) == 0);
            std::memset(block, 1, bytes);
            memory::deallocate(block, bytes);
        }
        CHECK(place_of_block(0) != nullptr);
    }
    TEST_CASE("hands out again what was freed") {
        const bool pooled = is_pooled();
        for (const std::size_t bytes : sizes) {
            void* const place = place_of_block(bytes);
            const std::size_t before = system_blocks();
            void* const again = place_of_block(bytes);
            CHECK(system_blocks() == before + (pooled ? 0 : 1));
            CHECK((again == place || !pooled));
        }
    }
    TEST_CASE("never hands out what is in use") {
        std::vector<void*> blocks;
        for (int i = 0; i < 2000; ++i) {  // more than a thread keeps for itself
            blocks.push_back(memory::allocate(256));
            std::memset(blocks.back(), i % 256, 256);
        }
        int untouched = 0;
        for (int i = 0; i < 2000; ++i) {
            const auto* bytes = static_cast<const unsigned char*>(blocks[std::size_t(i)]);
            untouched += bytes[0] == i % 256 && bytes[255] == i % 256;
        }
        CHECK(untouched == 2000);
        for (void* block : blocks) {
            memory::deallocate(block, 256);
        }
    }
    TEST_CASE("rounds sizes up to a quarter of a power of two") {
        if (!is_pooled()) {
            CHECK(kept_of(1000) == 0);
            return;
        }
        CHECK(kept_of(257) == 320);
        CHECK(kept_of(320) == 320);
        CHECK(kept_of(321) == 384);
        CHECK(kept_of(512) == 512);
        CHECK(kept_of(513) == 640);
        CHECK(kept_of(1000) == 1024);
        CHECK(kept_of(1025) == 1280);
        CHECK(kept_of((std::size_t{1} << 20) + 1) == std::size_t{5} << 18);
        for (std::size_t bytes = 257; bytes < 1 << 20; bytes += bytes / 7 + 1) {
            const std::size_t size = kept_of(bytes);
            CHECK(size >= bytes);
            CHECK(size <= bytes + bytes / 4);
        }
    }
    TEST_CASE("serves all sizes of a class with one block") {  // 897 to 1024
        if (!is_pooled()) {
            return;
        }
        void* const place = place_of_block(1000);
        CHECK(place_of_block(897) == place);
        CHECK(place_of_block(1024) == place);
        const std::size_t before = system_blocks();
        memory::release();
        place_of_block(1000);
        place_of_block(896);
        place_of_block(1025);
        CHECK(system_blocks() == before + 3);
    }
    TEST_CASE("passes blocks on from a thread that ended") {
        const bool pooled = is_pooled();
        memory::release();
        void* place = nullptr;
        std::thread([&] { place = place_of_block(3000); }).join();
        const std::size_t before = system_blocks();
        void* const again = place_of_block(3000);
        CHECK(system_blocks() == before + (pooled ? 0 : 1));
        CHECK((again == place || !pooled));
    }
    TEST_CASE("passes blocks on from a thread that has more than it keeps") {
        const bool pooled = is_pooled();
        constexpr std::size_t bytes = std::size_t{1} << 20;
        memory::release();
        std::promise<void> freed;
        std::promise<void> seen;
        std::thread hoarder([&] {
            std::vector<void*> blocks(20);
            for (void*& block : blocks) {
                block = memory::allocate(bytes);
            }
            for (void* block : blocks) {
                memory::deallocate(block, bytes);
            }
            freed.set_value();
            seen.get_future().wait();
        });
        freed.get_future().wait();
        const std::size_t before = system_blocks();
        place_of_block(bytes);
        CHECK(system_blocks() == before + (pooled ? 0 : 1));
        seen.set_value();
        hoarder.join();
    }
    TEST_CASE("takes a block back on any thread") {
        const bool pooled = is_pooled();
        memory::release();
        void* const block = memory::allocate(3000);
        std::thread([&] { memory::deallocate(block, 3000); }).join();
        const std::size_t before = system_blocks();
        place_of_block(3000);
        CHECK(system_blocks() == before + (pooled ? 0 : 1));
    }
    TEST_CASE("returns unused blocks to the system when asked, and only those") {
        const bool pooled = is_pooled();
        void* const in_use = memory::allocate(5000);
        std::memset(in_use, 7, 5000);
        for (const std::size_t bytes : sizes) {
            place_of_block(bytes);
        }
        CHECK((unused_bytes() > (std::size_t{5} << 20)) == pooled);
        memory::release();
        CHECK(unused_bytes() < 3 * slab);  // of those in use
        CHECK(static_cast<unsigned char*>(in_use)[4999] == 7);
        const std::size_t before = system_blocks();
        place_of_block(1000);
        CHECK(system_blocks() == before + 1);
        memory::deallocate(in_use, 5000);
    }
    TEST_CASE("refuses what no machine has") {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
        for (const std::size_t bytes : {most, most - 7, most - (most >> 8), most / 2}) {
            CHECK_THROWS_AS(memory::allocate(bytes), std::bad_alloc);
        }
        CHECK_THROWS_AS(PoolAllocator<double>().allocate(most / 8), std::bad_alloc);
        CHECK_THROWS_AS(PoolAllocator<double>().allocate(most / 8 + 2), std::bad_alloc);
        place_of_block(1000);  // and goes on
    }
    TEST_CASE("gives back what is unused before it gives up") {
        if (!is_pooled()) {
            return;  // sanitizers end the program here
        }
        place_of_block(1000);
        CHECK_THROWS_AS(memory::allocate(std::size_t{1} << 60), std::bad_alloc);
        CHECK(unused_bytes() < 3 * slab);
    }
    TEST_CASE("returns slabs of which nothing is in use") {
        constexpr std::size_t bytes = 200;
        constexpr std::size_t count = 100000;
        std::vector<void*> blocks(count);
        for (void*& block : blocks) {
            block = memory::allocate(bytes);
        }
        void* const in_use = blocks[count / 2];
        std::memset(in_use, 7, bytes);
        memory::release();
        const std::size_t before = unused_bytes();
        for (void* block : blocks) {
            if (block != in_use) {
                memory::deallocate(block, bytes);
            }
        }
        const std::size_t freed = unused_bytes() - before;
        CHECK((freed >= (count - 1) * bytes || !is_pooled()));
        memory::release();
        CHECK(unused_bytes() < 3 * slab);  // of that of `in_use`, and of those of others
        CHECK(static_cast<unsigned char*>(in_use)[bytes - 1] == 7);
        memory::deallocate(in_use, bytes);
    }
    TEST_CASE("serves many small blocks from few slabs") {
        if (!is_pooled()) {
            return;
        }
        const std::size_t before = system_blocks();
        std::vector<void*> blocks(100000);
        for (void*& block : blocks) {
            block = memory::allocate(64);
        }
        CHECK(system_blocks() - before <= 100000 * 64 / slab + 2);
        for (void* block : blocks) {
            memory::deallocate(block, 64);
        }
    }
    TEST_CASE("holds the numbers of arrays") {
        const bool pooled = is_pooled();
        const Shape shape = {100, 100};
        { const Array first = Array::from_shape(shape); }
        const std::size_t before = system_blocks();
        for (int i = 0; i < 10; ++i) {
            const Array again(shape, 1);
            CHECK(reinterpret_cast<std::uintptr_t>(again.data()) % 64 == 0);
        }
        CHECK(system_blocks() == before + (pooled ? 0 : 10));
    }
    TEST_CASE("serves containers of any type from one pool") {
        CHECK(PoolAllocator<double>() == PoolAllocator<char>());
        CHECK_FALSE(PoolAllocator<double>() != PoolAllocator<char>());
        std::vector<int, PoolAllocator<int>> numbers;
        for (int i = 0; i < 1000; ++i) {
            numbers.push_back(i);
        }
        CHECK(numbers.back() == 999);
    }
}
