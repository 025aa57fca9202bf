#pragma once

#include <cstddef>
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
        __builtin_prefetch(next, 1);  // the next one to be written
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
    Link* head_ = nullptr;
    std::size_t length_ = 0;
};

}  // namespace xtape::memory
