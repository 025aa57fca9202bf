#include "tests/injection/memory.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace {

std::atomic<std::ptrdiff_t> live{0};
thread_local std::size_t left = 0;  // allocations until one fails; 0 if none shall
thread_local xtape::Then afterwards = xtape::Then::recovers;
thread_local bool failed = false;

void* allocate(std::size_t bytes, std::size_t alignment) {
    const bool is_empty = failed && afterwards == xtape::Then::stays_empty;
    if (is_empty || (left > 0 && --left == 0)) {
        failed = true;
        throw std::bad_alloc();
    }
    // The system wants a multiple of the alignment, and may return no block for no bytes.
    const std::size_t size = (std::max<std::size_t>(bytes, 1) + alignment - 1) / alignment;
    void* block = std::aligned_alloc(alignment, size * alignment);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    ++live;
    return block;
}

void deallocate(void* block) noexcept {
    live -= block != nullptr ? 1 : 0;
    std::free(block);
}

}  // namespace

// The forms for arrays, and those that do not throw, are made of these by the C++ library.
void* operator new(std::size_t bytes) {
    return allocate(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept {
    deallocate(block);
}
void operator delete(void* block, std::size_t) noexcept {
    deallocate(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    deallocate(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    deallocate(block);
}

namespace xtape {

std::ptrdiff_t live_blocks() {
    return live;
}

FailingMemory::FailingMemory(std::size_t k, Then then) {
    left = k;
    afterwards = then;
    failed = false;
}

FailingMemory::~FailingMemory() {
    left = 0;
    failed = false;
}

bool FailingMemory::has_failed() const {
    return failed;
}

}  // namespace xtape
