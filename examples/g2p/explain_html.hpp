#pragma once

#include <string>
#include <string_view>

#include "explanation.hpp"

namespace g2p {

// The parts of the page that explains a loss. Every string that is not the program's own goes through
// `escaped`.

/// Text as HTML shows it, between tags and in quoted attributes.
std::string escaped(std::string_view text);

/// The loss of every token: a row for each word, a column for each step.
std::string loss_matrix_of(const Explanation& explanation);

/// nll, smooth and loss of one word: a row for each token, with bars.
std::string losses_of(const Explanation& explanation, const WordLosses& word);

/// p, q and p - q of one word: a row for each token, a column for each class.
std::string heat_maps_of(const Explanation& explanation, const WordLosses& word);

/// What the colours of the heat maps mean.
std::string heat_map_legend();

/// All of the style sheet, for light and dark screens and for paper.
extern const std::string_view style_sheet;

}  // namespace g2p
