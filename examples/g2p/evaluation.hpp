#pragma once

#include <xtape/core/workers.hpp>

#include "metrics.hpp"
#include "pronouncer.hpp"

namespace g2p {

/// What the model says for each word, in the order of `words`. Throws ValueError for a word without
/// letters or with more than 512.
std::vector<Phones> pronounce(const Pronouncer& model, const std::vector<Word>& words,
                              xtape::Workers& workers);

/// Word and phone error rates of what was said.
Score score_of(const std::vector<Phones>& said, const std::vector<Word>& words);

/// Some words, evenly spread over the list, with what the model says and what is right: a table for
/// people.
std::string table_of(const std::vector<Phones>& said, const std::vector<Word>& words,
                     std::size_t rows);

}  // namespace g2p
