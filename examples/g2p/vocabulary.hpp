#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "corpus.hpp"

namespace g2p {

/// Numbers symbols: the four below, then the letters or phones of a corpus in the order of their
/// bytes, so that the same symbols always get the same ids.
class Vocabulary {
public:
    static constexpr std::int64_t pad = 0;      // fills a row up to the longest of its batch
    static constexpr std::int64_t bos = 1;      // begins what the decoder reads
    static constexpr std::int64_t eos = 2;      // ends what the decoder writes
    static constexpr std::int64_t unknown = 3;  // a symbol that is not in the vocabulary

    /// Of these symbols, in any order, repeated or not.
    explicit Vocabulary(const std::vector<std::string>& symbols);

    /// The vocabulary with this `list()`, as a checkpoint keeps it.
    /// Throws FormatError if no vocabulary has such a list.
    static Vocabulary from_list(const std::vector<std::string>& list);

    /// Every symbol; the place is the id. The first four are <pad> <bos> <eos> <unk>.
    const std::vector<std::string>& list() const { return symbols_; }
    std::size_t size() const { return symbols_.size(); }

    /// The id of a symbol; `unknown` if there is none.
    std::int64_t id(const std::string& symbol) const;
    std::vector<std::int64_t> ids(const std::vector<std::string>& symbols) const;

    /// The symbol of an id. Throws IndexError outside [0, size()).
    const std::string& symbol(std::int64_t id) const;

    /// The symbols of a row of ids before its first `eos`. Throws IndexError.
    std::vector<std::string> symbols(const std::vector<std::int64_t>& ids) const;

private:
    std::vector<std::string> symbols_;
    std::unordered_map<std::string, std::int64_t> ids_;
};

/// Of all letters that occur in these words.
Vocabulary letters_of(const std::vector<Word>& words);

/// Of all phones that occur in the pronunciations of these words.
Vocabulary phones_of(const std::vector<Word>& words);

}  // namespace g2p
