#pragma once

#include <string>
#include <vector>

#include "vocabulary.hpp"

namespace g2p {

/// A word, one way in which it is truly said, and who says so.
struct Reference {
    std::string graphemes;
    std::vector<std::string> letters;
    Phones phones;
    std::string origin;  // for people: which list, and whether training saw it
};

/// Where pronunciations may come from.
struct ReferenceSources {
    std::string file;                         // a word list; the embedded three if empty
    std::vector<std::string> pronunciations;  // "P H O N E S" of one's own, before any list
};

/// The true pronunciations of words, in their order: all that a list has of a word, as training uses
/// all of them. Own pronunciations are one for each word, or any number of a single one.
///
/// `letters` and `phones` are the model's. They tell whether it learned from the embedded list.
///
/// Throws ValueError, saying what to do, for a word that is in none of the lists, for another number
/// of pronunciations, and for a phone that the model does not know.
std::vector<Reference> find_references(const std::vector<std::string>& words,
                                       const ReferenceSources& sources, const Vocabulary& letters,
                                       const Vocabulary& phones);

}  // namespace g2p
