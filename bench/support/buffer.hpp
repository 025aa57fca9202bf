#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>

namespace bench {

/// Numbers not yet written: memory that the process does not have before it writes them. In large
/// pages where the system has them.
class Buffer {
public:
    explicit Buffer(std::size_t numbers)
        : block_(allocate(numbers * sizeof(float)), Unmap{numbers * sizeof(float)}) {}

    float* data() const { return static_cast<float*>(block_.get()); }

private:
    struct Unmap {
        std::size_t bytes;
        void operator()(void* block) const { munmap(block, bytes); }
    };

    static void* allocate(std::size_t bytes) {
        void* block =
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) {
            throw std::bad_alloc();
        }
        madvise(block, bytes, MADV_HUGEPAGE);
        return block;
    }

    std::unique_ptr<void, Unmap> block_;
};

}  // namespace bench
