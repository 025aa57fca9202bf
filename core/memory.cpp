#include <xtape/core/memory.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

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

constexpr std::size_t smallest = 64;                     // also the alignment
constexpr std::size_t huge_page = std::size_t{1} << 21;  // of x86-64 and of arm64
constexpr std::size_t classes = 4 * 58;

// Beyond, rounding up to the alignment overflows, also the C++ library's own: it would hand out a
// tiny block.
constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 4;

/// Classes 0, 1, 2, 3, 4, 5... hold 64, 80, 96, 112, 128, 160... bytes.
std::size_t class_of(std::size_t bytes) {
    if (bytes <= smallest) {
        return 0;
    }
    const auto octave = static_cast<std::size_t>(63 - __builtin_clzll(bytes - 1));
    const std::size_t base = std::size_t{1} << octave;  // base < bytes <= 2 base
    return 4 * (octave - 6) + (bytes - 1 - base) / (base / 4) + 1;
}

std::size_t size_of(std::size_t k) {
    const std::size_t base = smallest << (k / 4);
    return base + base / 4 * (k % 4);
}

std::atomic<std::size_t> system_blocks{0};

std::size_t alignment_of(std::size_t bytes) {
    return bytes >= 2 * huge_page ? huge_page : smallest;
}

void* from_system(std::size_t bytes) {
    system_blocks.fetch_add(1, std::memory_order_relaxed);
    void* block = ::operator new (bytes, std::align_val_t{alignment_of(bytes)});
#if defined(__linux__)
    if (bytes >= 2 * huge_page) {
        madvise(block, bytes, MADV_HUGEPAGE);  // a hint: first touch is cheaper in large pages
    }
#endif
    return block;
}

void to_system(void* block, std::size_t bytes) noexcept {
    ::operator delete (block, std::align_val_t{alignment_of(bytes)});
}

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
        return std::exchange(head_, head_->next);
    }
    std::size_t length() const noexcept { return length_; }

private:
    struct Link {
        Link* next;
    };
    Link* head_ = nullptr;
    std::size_t length_ = 0;
};

using Chains = std::array<Chain, classes>;

std::size_t bytes_in(const Chains& chains) {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
        sum += chains[k].length() * size_of(k);
    }
    return sum;
}

void empty(Chains& chains) noexcept {
    for (std::size_t k = 0; k < classes; ++k) {
        while (void* block = chains[k].pop()) {
            to_system(block, size_of(k));
        }
    }
}

struct Store {
    std::mutex mutex;
    Chains chains;
};

Store& store() {
    // Never destroyed: arrays in static variables may be freed after any destructor here.
    static Store* const shared = new Store;
    return *shared;
}

/// How many blocks of a class a thread keeps to itself: many small ones, few large ones. What it
/// frees beyond that others may need, such as gradients that workers make and their caller frees.
std::size_t own_limit(std::size_t bytes) {
    return bytes <= 4096 ? 256 : bytes <= 262144 ? 8 : 2;
}

thread_local bool thread_ended = false;

struct Cache {
    Chains chains;
    ~Cache() {
        thread_ended = true;
        const std::lock_guard lock(store().mutex);
        for (std::size_t k = 0; k < classes; ++k) {
            while (void* block = chains[k].pop()) {
                store().chains[k].push(block);
            }
        }
    }
};
thread_local Cache cache;

void* from_pool(std::size_t k) {
    if (!thread_ended) {
        if (void* block = cache.chains[k].pop()) {
            return block;
        }
    }
    const std::lock_guard lock(store().mutex);
    return store().chains[k].pop();
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
    if (void* block = from_pool(k)) {
        return block;
    }
    try {
        return from_system(size_of(k));
    } catch (const std::bad_alloc&) {
        release();
        return from_system(size_of(k));
    }
}

void deallocate(void* block, std::size_t bytes) noexcept {
    if (!pooled) {
        return to_system(block, bytes);
    }
    const std::size_t k = class_of(bytes);
    if (!thread_ended && cache.chains[k].length() < own_limit(size_of(k))) {
        return cache.chains[k].push(block);
    }
    const std::lock_guard lock(store().mutex);
    store().chains[k].push(block);
}

void release() noexcept {
    if (!thread_ended) {
        empty(cache.chains);
    }
    const std::lock_guard lock(store().mutex);
    empty(store().chains);
}

Statistics statistics() {
    const std::lock_guard lock(store().mutex);
    return {system_blocks.load(), bytes_in(store().chains) + bytes_in(cache.chains)};
}

}  // namespace xtape::memory
