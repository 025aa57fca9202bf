#pragma once

#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include <xtape/core/memory.hpp>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace xtape {

/// A handle to a T that all its copies hold together, the last one destroys it. Like std::shared_ptr,
/// but one pointer wide, without weak handles, and in one pooled block.
template <class T>
class Shared {
public:
    Shared() noexcept = default;
    Shared(const Shared& other) noexcept : held_(other.held_) {
        if (held_ != nullptr) {
            change_count(held_->holders, 1);
        }
    }
    Shared(Shared&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
    Shared& operator=(Shared other) noexcept {
        std::swap(held_, other.held_);
        return *this;
    }
    ~Shared() {
        if (held_ != nullptr && change_count(held_->holders, -1) == 1) {
            held_->~Held();
            PoolAllocator<Held>().deallocate(held_, 1);
        }
    }

    /// Holds T{arguments...}.
    template <class... Arguments>
    static Shared make(Arguments&&... arguments) {
        PoolAllocator<Held> pool;
        Held* const block = pool.allocate(1);
        try {
            return Shared(new (block) Held{{std::forward<Arguments>(arguments)...}, {1}});
        } catch (...) {
            pool.deallocate(block, 1);
            throw;
        }
    }

    T& operator*() const noexcept { return held_->content; }
    T* operator->() const noexcept { return &held_->content; }
    explicit operator bool() const noexcept { return held_ != nullptr; }
    bool is_unique() const noexcept { return held_->holders.load(std::memory_order_acquire) == 1; }

private:
    using Count = std::atomic<std::int32_t>;
    struct Held {
        T content;
        Count holders;
    };

    explicit Shared(Held* held) noexcept : held_(held) {}

    /// Returns what the count was. While the program has one thread, nobody pays for a locked bus.
    static std::int32_t change_count(Count& count, std::int32_t by) noexcept {
#if __has_include(<sys/single_threaded.h>)
        if (__libc_single_threaded) {
            const std::int32_t before = count.load(std::memory_order_relaxed);
            count.store(before + by, std::memory_order_relaxed);
            return before;
        }
#endif
        return count.fetch_add(by, by > 0 ? std::memory_order_relaxed : std::memory_order_acq_rel);
    }

    Held* held_ = nullptr;
};

}  // namespace xtape
