// For every text: either a FormatError or a ValueError, or words that are whole, that come back
// when they are written down and read again, and that do not depend on how lines end.

#include <algorithm>

#include <xtape/examples/g2p/corpus.hpp>
#include "tests/fuzz/bytes.hpp"

using namespace fuzz;
using namespace g2p;

namespace {

struct Outcome {
    std::vector<Word> words;
    std::string error;
};

Outcome read(const std::string& content) {
    try {
        return {read_words(std::string_view(content), "words.tsv"), ""};
    } catch (const xtape::FormatError& error) {
        return {{}, error.what()};
    } catch (const xtape::ValueError& error) {
        return {{}, error.what()};
    }
}

bool same(const std::vector<Word>& a, const std::vector<Word>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Word& p, const Word& q) {
        return p.graphemes == q.graphemes && p.letters == q.letters &&
               p.pronunciations == q.pronunciations;
    });
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
    std::string whole;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        whole += (i == 0 ? "" : between) + parts[i];
    }
    return whole;
}

void check_word(const Word& word) {
    require(!word.letters.empty() && joined(word.letters, "") == word.graphemes,
            "the letters of \"", word.graphemes, "\" do not give the word");
    require(!word.pronunciations.empty(), '"', word.graphemes, "\" cannot be spoken");
    for (const Phones& phones : word.pronunciations) {
        require(!phones.empty(), "an empty pronunciation of \"", word.graphemes, '"');
        for (const std::string& phone : phones) {
            require(!phone.empty() && phone.find_first_of(" \t\r\n") == phone.npos, '"', phone,
                    "\" is not one phone");
        }
    }
}

/// The blank in front keeps a word that begins with a byte-order mark from losing it.
std::string written(const std::vector<Word>& words) {
    std::string content;
    for (const Word& word : words) {
        content += ' ' + word.graphemes;
        for (const Phones& phones : word.pronunciations) {
            content += '\t' + joined(phones, " ");
        }
        content += '\n';
    }
    return content;
}

std::string with_carriage_returns(const std::string& content) {
    std::string result;
    for (const char byte : content) {
        result += byte == '\n' ? "\r\n" : std::string(1, byte);
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string content(data, data + size);
    const auto [words, error] = read(content);
    require(words.empty() != error.empty(), "neither words nor an error");
    for (const Word& word : words) {
        check_word(word);
    }
    if (!words.empty()) {
        const std::string copy = written(words);
        require(same(read(copy).words, words), "other words come back:\n", copy);
    }
    const Outcome returned = read(with_carriage_returns(content));
    require(same(returned.words, words) && returned.error == error, "carriage returns change \"",
            error, "\" to \"", returned.error, '"');
    return 0;
}
