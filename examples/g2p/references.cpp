#include "references.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xtape/core/errors.hpp>

#include "embedded_data.hpp"

using namespace xtape;

namespace g2p {

namespace {

/// Words, and what it means to be one of them.
struct List {
    std::vector<Word> words;
    std::string origin;
};

/// A checkpoint does not say what it learned from; its vocabularies give it away.
bool learned_from(const std::vector<Word>& words, const Vocabulary& letters,
                  const Vocabulary& phones) {
    return letters_of(words).list() == letters.list() && phones_of(words).list() == phones.list();
}

std::vector<List> embedded_lists(const Vocabulary& letters, const Vocabulary& phones) {
    std::vector<List> lists = {
        {read_words(embedded_train(), "embedded train.tsv"), "train.tsv: seen in training"},
        {read_words(embedded_dev(), "embedded dev.tsv"),
         "dev.tsv: not learned from; the best weights were chosen by it"},
        {read_words(embedded_test(), "embedded test.tsv"), "test.tsv: never seen in training"}};
    if (!learned_from(lists[0].words, letters, phones)) {
        for (List& list : lists) {
            list.origin.resize(list.origin.find(':'));
            list.origin += "; this model learned from other words, perhaps from this one too";
        }
    }
    return lists;
}

std::vector<List> lists_of(const ReferenceSources& sources, const Vocabulary& letters,
                           const Vocabulary& phones) {
    if (!sources.file.empty()) {
        return {{read_words(sources.file), sources.file}};
    }
    return embedded_lists(letters, phones);
}

/// The first list that has the word says how it is said.
std::vector<Reference> looked_up(const std::string& word, const std::vector<List>& lists,
                                 const std::string& file) {
    for (const auto& [words, origin] : lists) {
        const auto found = std::find_if(words.begin(), words.end(),
                                        [&](const Word& w) { return w.graphemes == word; });
        if (found != words.end()) {
            std::vector<Reference> references;
            for (const Phones& phones : found->pronunciations) {
                references.push_back({word, found->letters, phones, origin});
            }
            return references;
        }
    }
    throw ValueError(fmt::format(
        "explain: '{}' is not in {}; say how it is spoken with --pronunciation \"P H O N E S\", or "
        "name a list that has it with --test FILE",
        word, file.empty() ? "the embedded lists (which are in lower case)" : file));
}

Phones parted(const std::string& spoken) {
    Phones phones;
    for (std::size_t begin = 0; begin < spoken.size();) {
        const std::size_t end = std::min(spoken.find(' ', begin), spoken.size());
        if (end > begin) {
            phones.push_back(spoken.substr(begin, end - begin));
        }
        begin = end + 1;
    }
    return phones;
}

std::vector<Reference> own(const std::vector<std::string>& words,
                           const std::vector<std::string>& pronunciations) {
    if (words.size() != 1 && words.size() != pronunciations.size()) {
        throw ValueError(fmt::format(
            "explain: there are {} words and {} of --pronunciation; give one for each word, in the "
            "order of the words, or any number for a single word",
            words.size(), pronunciations.size()));
    }
    std::vector<Reference> references;
    for (std::size_t i = 0; i < pronunciations.size(); ++i) {
        const std::string& word = words[words.size() == 1 ? 0 : i];
        references.push_back({word, split_letters(word, "explain"), parted(pronunciations[i]),
                              "--pronunciation, as you say"});
    }
    return references;
}

void require_known(const Reference& reference, const Vocabulary& phones) {
    for (const std::string& phone : reference.phones) {
        if (phones.id(phone) == Vocabulary::unknown) {
            const auto& list = phones.list();
            throw ValueError(
                fmt::format("explain: '{}' of '{}' is no phone of this model; it knows {}", phone,
                            reference.graphemes,
                            fmt::join(list.begin() + Vocabulary::unknown + 1, list.end(), " ")));
        }
    }
}

}  // namespace

std::vector<Reference> find_references(const std::vector<std::string>& words,
                                       const ReferenceSources& sources, const Vocabulary& letters,
                                       const Vocabulary& phones) {
    std::vector<Reference> references;
    if (!sources.pronunciations.empty()) {
        references = own(words, sources.pronunciations);
    } else {
        const std::vector<List> lists = lists_of(sources, letters, phones);
        for (const std::string& word : words) {
            const std::vector<Reference> all = looked_up(word, lists, sources.file);
            references.insert(references.end(), all.begin(), all.end());
        }
    }
    for (const Reference& reference : references) {
        require_known(reference, phones);
    }
    return references;
}

}  // namespace g2p
