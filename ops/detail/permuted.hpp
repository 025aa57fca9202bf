#pragma once

#include <vector>

#include <xtape/core/array.hpp>

namespace xtape {

/// A copy of x whose axis k is axis order[k] of x, counted from the front.
Array permuted(const Array& x, const std::vector<std::size_t>& order);

}  // namespace xtape
