#include <xtape/core/detail/system_blocks.hpp>

#include <atomic>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace xtape::memory {

namespace {

constexpr std::size_t line = 64;                         // of the caches
constexpr std::size_t huge_page = std::size_t{1} << 21;  // of x86-64 and of arm64

std::atomic<std::size_t> taken{0};

std::size_t alignment_of(std::size_t bytes) {
    return bytes >= 2 * huge_page ? huge_page : line;
}

}  // namespace

void* from_system_aligned(std::size_t bytes, std::size_t alignment) {
    taken.fetch_add(1, std::memory_order_relaxed);
    return ::operator new (bytes, std::align_val_t{alignment});
}

void* from_system(std::size_t bytes) {
    void* block = from_system_aligned(bytes, alignment_of(bytes));
    if (bytes >= 2 * huge_page) {
        prefer_large_pages(block, bytes);
    }
    return block;
}

void prefer_large_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
    madvise(block, bytes, MADV_HUGEPAGE);
#endif
}

void to_system_aligned(void* block, std::size_t alignment) noexcept {
    ::operator delete (block, std::align_val_t{alignment});
}

void to_system(void* block, std::size_t bytes) noexcept {
    to_system_aligned(block, alignment_of(bytes));
}

std::size_t system_block_count() noexcept {
    return taken.load(std::memory_order_relaxed);
}

}  // namespace xtape::memory
