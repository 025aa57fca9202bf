#pragma once

#include <cstddef>

#include <xtape/core/detail/chain.hpp>
#include <xtape/core/detail/size_classes.hpp>

namespace xtape::memory {

/// Where small blocks are cut from. One by one from the system each would cost more than twice its size,
/// and be somewhere else.
///
/// Not for several threads at a time.
class Slabs {
public:
    static constexpr std::size_t largest_block = 256;

    /// Adds a batch of fresh blocks of class k. Throws std::bad_alloc if there is not even one.
    void cut(std::size_t k, Chain& chain);

    /// Returns the slabs of which every block is in one of the chains to the system, and takes their
    /// blocks out. `chains` holds those of all small classes.
    void return_unused(Chain* chains) noexcept;

private:
    // The head of a slab lies at its beginning.
    struct Slab {
        Slab* next;
        std::size_t cut;     // bytes from the beginning, this head included
        std::size_t unused;  // while unused ones are looked for: bytes in the chains
    };
    static constexpr std::size_t slab_size = std::size_t{1} << 21;  // a large page
    static constexpr std::size_t head_size = 64;

    static Slab& slab_of(void* block) noexcept;
    bool has_room(std::size_t size) const;

    Slab* newest_ = nullptr;
};

}  // namespace xtape::memory
