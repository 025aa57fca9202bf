#pragma once

#include <cstddef>
#include <limits>
#include <new>

namespace xtape::memory {

/// A block of at least `bytes`, its content undefined. It is aligned to 16 bytes, and from 257
/// bytes on to 64.
///
/// A fresh block from the operating system costs a page fault per 4 KiB, which is ten times what
/// most operators need to fill it. So freed blocks are kept and handed out again: by size class
/// (16 bytes apart up to 256, then a quarter of a power of two), first from the thread that freed
/// them, then from a store that all threads share. Small blocks are cut from slabs. Under
/// AddressSanitizer and its kin every block comes from and returns to the system, so that they see
/// each use after free.
///
/// Throws std::bad_alloc when even giving back every unused block does not help.
void* allocate(std::size_t bytes);

/// Takes back a block that `allocate(bytes)` returned, on any thread.
void deallocate(void* block, std::size_t bytes) noexcept;

/// Returns the unused blocks of this thread and of the shared store to the system.
void release() noexcept;

struct Statistics {
    std::size_t system_blocks;  // blocks and slabs ever requested from the system
    std::size_t unused_bytes;   // bytes waiting in the shared store and in this thread's
};
Statistics statistics();

}  // namespace xtape::memory

namespace xtape {

/// Brings the blocks of memory::allocate to containers.
template <class T>
struct PoolAllocator {
    using value_type = T;

    PoolAllocator() = default;
    template <class U>
    PoolAllocator(const PoolAllocator<U>&) noexcept {}

    T* allocate(std::size_t n) {
        if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
            throw std::bad_alloc();
        }
        return static_cast<T*>(memory::allocate(n * sizeof(T)));
    }
    void deallocate(T* p, std::size_t n) noexcept { memory::deallocate(p, n * sizeof(T)); }

    template <class U>
    bool operator==(const PoolAllocator<U>&) const noexcept {
        return true;
    }
    template <class U>
    bool operator!=(const PoolAllocator<U>&) const noexcept {
        return false;
    }
};

}  // namespace xtape
