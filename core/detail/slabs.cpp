#include <xtape/core/detail/slabs.hpp>

#include <algorithm>
#include <cstdint>

#include <xtape/core/detail/system_blocks.hpp>

namespace xtape::memory {

namespace {

constexpr std::size_t batch_bytes = 2048;
constexpr std::size_t small_classes = class_of(Slabs::largest_block) + 1;

}  // namespace

// A slab is aligned to its size.
Slabs::Slab& Slabs::slab_of(void* block) noexcept {
    const auto place = reinterpret_cast<std::uintptr_t>(block);
    return *reinterpret_cast<Slab*>(place & ~(slab_size - 1));
}

bool Slabs::has_room(std::size_t size) const {
    return newest_ != nullptr && newest_->cut + size <= slab_size;
}

void Slabs::cut(std::size_t k, Chain& chain) {
    const std::size_t size = size_of(k);
    if (!has_room(size)) {
        void* const slab = from_system_aligned(slab_size, slab_size);
        if (newest_ != nullptr) {  // a program that needs less shall not have all of it
            prefer_large_pages(slab, slab_size);
        }
        newest_ = new (slab) Slab{newest_, head_size, 0};
    }
    for (std::size_t bytes = 0; bytes < batch_bytes && has_room(size); bytes += size) {
        chain.push(reinterpret_cast<std::byte*>(newest_) + newest_->cut);
        newest_->cut += size;
    }
}

void Slabs::return_unused(Chain* chains) noexcept {
    for (std::size_t k = 0; k < small_classes; ++k) {
        Chain all;
        chains[k].give(all, chains[k].length());
        while (void* block = all.pop()) {
            slab_of(block).unused += size_of(k);
            chains[k].push(block);
        }
    }
    const auto is_unused = [](const Slab& slab) { return slab.unused + head_size == slab.cut; };
    for (std::size_t k = 0; k < small_classes; ++k) {
        Chain all;
        chains[k].give(all, chains[k].length());
        while (void* block = all.pop()) {
            if (!is_unused(slab_of(block))) {
                chains[k].push(block);
            }
        }
    }
    for (Slab** link = &newest_; *link != nullptr;) {
        Slab* const slab = *link;
        if (is_unused(*slab)) {
            *link = slab->next;
            to_system_aligned(slab, slab_size);
        } else {
            slab->unused = 0;
            link = &slab->next;
        }
    }
}

}  // namespace xtape::memory
