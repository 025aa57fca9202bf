#include "vocabulary.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <xtape/core/errors.hpp>

namespace g2p {

using namespace xtape;

namespace {

constexpr std::array<const char*, 4> reserved = {"<pad>", "<bos>", "<eos>", "<unk>"};

}  // namespace

Vocabulary::Vocabulary(const std::vector<std::string>& symbols)
    : symbols_(reserved.begin(), reserved.end()) {
    for (const std::string& symbol : std::set<std::string>(symbols.begin(), symbols.end())) {
        ids_.emplace(symbol, static_cast<std::int64_t>(symbols_.size()));
        symbols_.push_back(symbol);
    }
}

Vocabulary Vocabulary::from_list(const std::vector<std::string>& list) {
    if (list.size() < reserved.size() ||
        !std::equal(reserved.begin(), reserved.end(), list.begin())) {
        throw FormatError(text("Vocabulary: the first of ", list.size(),
                               " symbols are not the "
                               "reserved ones; expected <pad> <bos> <eos> <unk>"));
    }
    for (std::size_t id = reserved.size() + 1; id < list.size(); ++id) {
        if (list[id] <= list[id - 1]) {
            throw FormatError(text("Vocabulary: symbol ", id, " is \"", list[id], "\" after \"",
                                   list[id - 1], "\"; expected sorted symbols, each once"));
        }
    }
    return Vocabulary({list.begin() + reserved.size(), list.end()});
}

std::int64_t Vocabulary::id(const std::string& symbol) const {
    const auto entry = ids_.find(symbol);
    return entry == ids_.end() ? unknown : entry->second;
}

std::vector<std::int64_t> Vocabulary::ids(const std::vector<std::string>& symbols) const {
    std::vector<std::int64_t> row;
    for (const std::string& symbol : symbols) {
        row.push_back(id(symbol));
    }
    return row;
}

const std::string& Vocabulary::symbol(std::int64_t id) const {
    if (id < 0 || id >= static_cast<std::int64_t>(size())) {
        throw IndexError(text("Vocabulary: id ", id, " is outside [0, ", size(), ")"));
    }
    return symbols_[static_cast<std::size_t>(id)];
}

std::vector<std::string> Vocabulary::symbols(const std::vector<std::int64_t>& ids) const {
    std::vector<std::string> row;
    for (const std::int64_t id : ids) {
        if (id == eos) {
            break;
        }
        row.push_back(symbol(id));
    }
    return row;
}

Vocabulary letters_of(const std::vector<Word>& words) {
    std::vector<std::string> letters;
    for (const Word& word : words) {
        letters.insert(letters.end(), word.letters.begin(), word.letters.end());
    }
    return Vocabulary(letters);
}

Vocabulary phones_of(const std::vector<Word>& words) {
    std::vector<std::string> phones;
    for (const Word& word : words) {
        for (const Phones& pronunciation : word.pronunciations) {
            phones.insert(phones.end(), pronunciation.begin(), pronunciation.end());
        }
    }
    return Vocabulary(phones);
}

}  // namespace g2p
