#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include <xtape/core/memory.hpp>

namespace xtape {

/// A list that grows and shrinks at its end. Its elements lie in chunks of a power of two and never
/// move: growing costs no more than a new chunk, and finding an element a shift and a mask.
template <class T>
class Chunks {
public:
    Chunks() = default;
    ~Chunks() {
        shrink(0);
        for (T* chunk : chunks_) {
            Allocator().deallocate(chunk, chunk_size);
        }
    }
    Chunks(const Chunks&) = delete;
    Chunks& operator=(const Chunks&) = delete;

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T& operator[](std::size_t i) { return chunks_[i >> shift][i & (chunk_size - 1)]; }
    const T& operator[](std::size_t i) const { return chunks_[i >> shift][i & (chunk_size - 1)]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(T element) {
        if (size_ == chunks_.size() * chunk_size) {
            chunks_.push_back(nullptr);  // room for it first: a chunk that has none would be lost
            try {
                chunks_.back() = Allocator().allocate(chunk_size);
            } catch (...) {
                chunks_.pop_back();
                throw;
            }
        }
        new (&(*this)[size_]) T(std::move(element));
        ++size_;
    }

    /// Drops all elements from `size` on, the last first. One chunk more than needed is kept.
    void shrink(std::size_t size) noexcept {
        while (size_ > size) {
            --size_;
            (*this)[size_].~T();
        }
        while (chunks_.size() > (size_ >> shift) + 2) {
            Allocator().deallocate(chunks_.back(), chunk_size);
            chunks_.pop_back();
        }
    }

private:
    using Allocator = PoolAllocator<T>;
    static constexpr std::size_t shift = 8;
    static constexpr std::size_t chunk_size = std::size_t{1} << shift;

    std::vector<T*> chunks_;
    std::size_t size_ = 0;
};

}  // namespace xtape
