#pragma once

#include <string>

#include "explanation.hpp"

namespace g2p {

/// For a terminal of 80 columns: a table for each word with a line for each token, its `top` likeliest
/// phones and a bar; then the sums, and how to read it. Plain text.
std::string text_of(const Explanation& explanation, std::size_t top);

/// The loss matrix, and for each word its losses and heat maps of p, q and p - q: one page of HTML that
/// needs nothing beside itself, neither scripts nor fonts nor a network.
std::string page_of(const Explanation& explanation);

/// `digits` digits after the point. What is exactly 0 is "0", unlike what rounds to it.
std::string number_of(double x, int digits);

}  // namespace g2p
