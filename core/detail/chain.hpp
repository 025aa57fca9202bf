#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace xtape::memory {

/// Unused blocks of one size class, chained through their own first bytes.
class Chain {
public:
    void push(void* block) noexcept {
        head_ = new (block) Link{head_};
        ++length_;
    }
    void* pop() noexcept {
        if (head_ == nullptr) {
            return nullptr;
        }
        --length_;
        Link* const next = head_->next;
        fetch_beyond(next);
        return std::exchange(head_, next);
    }
    std::size_t length() const noexcept { return length_; }

    /// Moves up to `count` blocks to another chain.
    void give(Chain& other, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count && head_ != nullptr; ++i) {
            other.push(pop());
        }
    }

private:
    struct Link {
        Link* next;
    };

    // Blocks mostly lie as far from each other as the last two did. Those to come are written soon, and
    // in a long tape they are no longer in the cache.
    void fetch_beyond(Link* next) const noexcept {
        const auto place = reinterpret_cast<std::uintptr_t>(next);
        const auto beyond = place + 4 * (place - reinterpret_cast<std::uintptr_t>(head_));
        __builtin_prefetch(reinterpret_cast<void*>(beyond), 1);
        __builtin_prefetch(reinterpret_cast<void*>(beyond + 64), 1);
    }

    Link* head_ = nullptr;
    std::size_t length_ = 0;
};

}  // namespace xtape::memory
