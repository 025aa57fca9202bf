#pragma once

#include <cstddef>
#include <vector>

#include "batches.hpp"

namespace g2p {

/// Cuts the rows of a batch, in order, into shares of about as many tokens each: one for each
/// thread. A share lacks the columns that are PAD in all of its rows. None is empty: if the rows
/// are too few, so are the shares. Throws ValueError if `count` is 0.
std::vector<Batch> make_shares(const Batch& batch, std::size_t count);

}  // namespace g2p
