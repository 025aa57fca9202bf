#include <xtape/core/memory.hpp>

#include <array>
#include <mutex>

#include <xtape/core/detail/slabs.hpp>
#include <xtape/core/detail/system_blocks.hpp>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define XTAPE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define XTAPE_SANITIZED 1
#endif
#endif

namespace xtape::memory {

namespace {

// Without the pool, tests that count allocations see every one.
#if defined(XTAPE_SANITIZED) || defined(XTAPE_NO_POOL)
constexpr bool pooled = false;
#else
constexpr bool pooled = true;
#endif

// Beyond, rounding up to the alignment overflows, also the C++ library's own: it would hand out a
// tiny block.
constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 4;

using Chains = std::array<Chain, class_count>;

/// Classes from this one on come from the system block by block.
constexpr std::size_t first_large = class_of(Slabs::largest_block) + 1;

std::size_t bytes_in(const Chains& chains) {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < class_count; ++k) {
        sum += chains[k].length() * size_of(k);
    }
    return sum;
}

struct Store {
    std::mutex mutex;
    Chains chains;
    Slabs slabs;

    void return_unused() noexcept {
        slabs.return_unused(chains.data());
        for (std::size_t k = first_large; k < class_count; ++k) {
            while (void* block = chains[k].pop()) {
                to_system(block, size_of(k));
            }
        }
    }
};

Store& store() {
    // Never destroyed: arrays in static variables may be freed after any destructor here.
    static Store* const shared = new Store;
    return *shared;
}

/// How many blocks of a class a thread keeps to itself: many small ones, few large ones. What it
/// frees beyond that others may need, such as gradients that workers make and their caller frees.
std::size_t own_limit(std::size_t k) {
    return k < first_large ? 1024 : size_of(k) <= 4096 ? 256 : size_of(k) <= 262144 ? 8 : 2;
}

/// How many go to the store, or come from it, at a time.
std::size_t batch(std::size_t k) {
    return own_limit(k) >= 256 ? own_limit(k) / 2 : 1;
}

// A thread's own blocks. Plain thread-local data, as every access to a thread-local object with a
// destructor would first ask whether it was constructed.
thread_local Chains own_chains;
thread_local bool thread_ended = false;

void give_all() noexcept {
    for (std::size_t k = 0; k < class_count; ++k) {
        own_chains[k].give(store().chains[k], own_chains[k].length());
    }
}

/// Has the thread's own blocks passed on when it ends. What it frees still later goes straight to the
/// store.
void pass_on_at_the_end() {
    struct Ending {
        ~Ending() {
            thread_ended = true;
            const std::lock_guard lock(store().mutex);
            give_all();
        }
    };
    thread_local Ending ending;
}

/// Fills a thread's own chain from the store or a slab, if there is a block.
void refill(Chain& own, std::size_t k) {
    pass_on_at_the_end();
    const std::lock_guard lock(store().mutex);
    store().chains[k].give(own, batch(k));
    if (own.length() == 0 && k < first_large) {
        store().slabs.cut(k, own);
    }
}

/// A block from the pool, or nullptr.
void* from_pool(std::size_t k) {
    Chain& own = own_chains[k];
    if (own.length() == 0) {
        refill(own, k);
    }
    return own.pop();
}

/// A block of class k from wherever there is one.
void* find(std::size_t k) {
    void* const block = from_pool(k);
    return block != nullptr ? block : from_system(size_of(k));
}

}  // namespace

void* allocate(std::size_t bytes) {
    if (bytes > largest) {
        throw std::bad_alloc();
    }
    if (!pooled) {
        return from_system(bytes);
    }
    const std::size_t k = class_of(bytes);
    try {
        return find(k);
    } catch (const std::bad_alloc&) {
        release();
        return find(k);
    }
}

void deallocate(void* block, std::size_t bytes) noexcept {
    if (!pooled) {
        return to_system(block, bytes);
    }
    const std::size_t k = class_of(bytes);
    Chain& own = own_chains[k];
    if (own.length() == 0) {
        pass_on_at_the_end();
    }
    own.push(block);
    if (own.length() > own_limit(k) || thread_ended) {
        const std::lock_guard lock(store().mutex);
        own.give(store().chains[k], thread_ended ? own.length() : batch(k));
    }
}

void release() noexcept {
    const std::lock_guard lock(store().mutex);
    give_all();
    store().return_unused();
}

Statistics statistics() {
    const std::lock_guard lock(store().mutex);
    return {system_block_count(), bytes_in(store().chains) + bytes_in(own_chains)};
}

}  // namespace xtape::memory
