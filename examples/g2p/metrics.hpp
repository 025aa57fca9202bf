#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "corpus.hpp"

namespace g2p {

/// The least number of phones to insert, delete or replace that turns one into the other
/// (Levenshtein). From nothing to n phones it is n.
std::size_t edit_distance(const Phones& a, const Phones& b);

/// How many words and phones of a test are wrong, against several references for a word.
///
/// A hypothesis is right if it equals any reference of its word. Its phones are compared with the
/// reference that takes the fewest edits; of several such with the longest, so that an error never
/// weighs more than it must.
struct Score {
    std::size_t words = 0;
    std::size_t wrong = 0;             // words that equal none of their references
    std::size_t edits = 0;             // summed over words
    std::size_t reference_phones = 0;  // in the references that were compared with

    /// Counts one word. Throws ValueError if there is no reference.
    void add(const Phones& hypothesis, const std::vector<Phones>& references);

    /// Word error rate: 100 wrong / words, in percent; 0 before the first word.
    double wer() const;

    /// Phone error rate: 100 edits / reference_phones, in percent; above 100 if phones too many
    /// are said. 0 before the first word.
    double per() const;
};

/// "WER 12.34 PER 3.21", in percent.
std::string summary(const Score& score);

}  // namespace g2p
