#pragma once

#include <cstddef>

namespace xtape::memory {

/// A block from the operating system, aligned to 64 bytes, or as told. Throws std::bad_alloc.
void* from_system(std::size_t bytes);
void* from_system_aligned(std::size_t bytes, std::size_t alignment);

/// A hint: with large pages the first touch is cheaper, and so is finding the way to a block.
void prefer_large_pages(void* block, std::size_t bytes) noexcept;

/// Takes it back.
void to_system(void* block, std::size_t bytes) noexcept;
void to_system_aligned(void* block, std::size_t alignment) noexcept;

/// How many were ever taken.
std::size_t system_block_count() noexcept;

}  // namespace xtape::memory
