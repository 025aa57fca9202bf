#pragma once

#include <string>
#include <string_view>

#include "explanation.hpp"

namespace g2p {

/// For a terminal of 80 columns: a table for each word with a line for each token, its `top` likeliest
/// phones and a bar; then the sums, and how to read it. Plain text.
std::string text_of(const Explanation& explanation, std::size_t top);

/// The loss matrix, and for each word its losses and heat maps of p, q and p - q: one page of HTML that
/// needs nothing beside itself, neither scripts nor fonts nor a network.
std::string page_of(const Explanation& explanation);

}  // namespace g2p
