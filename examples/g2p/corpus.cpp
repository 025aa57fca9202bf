#include "corpus.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <utf8.h>

#include <xtape/core/errors.hpp>

namespace g2p {

using namespace xtape;

namespace {

/// Words in the order in which they first appear, each with all of its pronunciations.
class Collection {
public:
    void add(const std::string& graphemes, Phones phones, const std::string& where) {
        const auto [entry, is_new] = position_.try_emplace(graphemes, words_.size());
        if (is_new) {
            words_.push_back({graphemes, split_letters(graphemes, where), {}});
        }
        std::vector<Phones>& known = words_[entry->second].pronunciations;
        if (std::find(known.begin(), known.end(), phones) == known.end()) {
            known.push_back(std::move(phones));
        }
    }

    std::vector<Word> take() { return std::move(words_); }

private:
    std::vector<Word> words_;
    std::unordered_map<std::string, std::size_t> position_;
};

void require_utf8(std::string_view bytes, const std::string& where) {
    const char* const end = bytes.data() + bytes.size();
    const char* const bad = utf8::find_invalid(bytes.data(), end);
    if (bad != end) {
        throw FormatError(
            fmt::format("{}: byte {} is 0x{:02X}, which is not UTF-8 there; save the "
                        "text as UTF-8",
                        where, bad - bytes.data() + 1, static_cast<unsigned char>(*bad)));
    }
}

/// A file whose lines end in carriage returns alone is one line, and not what was meant.
void require_one_line(std::string_view line, const std::string& where) {
    if (const std::size_t at = line.find('\r'); at != line.npos) {
        throw FormatError(
            text(where, ": byte ", at + 1, " is a carriage return; end lines with LF or CRLF"));
    }
}

/// The parts of `line` between separators; empty ones too.
std::vector<std::string_view> split(std::string_view line, char separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t end; (end = line.find(separator, begin)) != line.npos; begin = end + 1) {
        parts.push_back(line.substr(begin, end - begin));
    }
    parts.push_back(line.substr(begin));
    return parts;
}

std::string_view without_blanks_around(std::string_view part) {
    const std::size_t first = part.find_first_not_of(' ');
    if (first == part.npos) {
        return {};
    }
    return part.substr(first, part.find_last_not_of(' ') - first + 1);
}

Phones split_phones(std::string_view part) {
    Phones phones;
    for (const std::string_view phone : split(part, ' ')) {
        if (!phone.empty()) {
            phones.emplace_back(phone);
        }
    }
    return phones;
}

void add_line(std::string_view line, const std::string& where, Collection& words) {
    require_utf8(line, where);
    require_one_line(line, where);
    const std::vector<std::string_view> columns = split(line, '\t');
    const std::string graphemes(without_blanks_around(columns[0]));
    if (columns.size() < 2) {
        throw FormatError(text(where, ": there is no tab in \"", graphemes,
                               "\"; expected graphemes<TAB>p h o n e s"));
    }
    if (graphemes.empty()) {
        throw FormatError(text(where,
                               ": there is no word before the tab; expected "
                               "graphemes<TAB>p h o n e s"));
    }
    for (std::size_t column = 1; column < columns.size(); ++column) {
        Phones phones = split_phones(columns[column]);
        if (phones.empty()) {
            throw FormatError(text(where, ": there is no phone of \"", graphemes, "\" after tab ",
                                   column, "; expected graphemes<TAB>p h o n e s"));
        }
        words.add(graphemes, std::move(phones), where);
    }
}

/// What editors leave around a line and nobody sees.
std::string_view without_marks(std::string_view line, std::size_t number) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (number == 1 && line.substr(0, byte_order_mark.size()) == byte_order_mark) {
        line.remove_prefix(byte_order_mark.size());
    }
    return line.substr(0, line.find_last_not_of(" \r") + 1);
}

}  // namespace

std::vector<Word> read_words(std::istream& in, const std::string& name) {
    Collection words;
    std::string buffer;
    for (std::size_t number = 1; std::getline(in, buffer); ++number) {
        const std::string_view line = without_marks(buffer, number);
        if (!without_blanks_around(line).empty()) {
            add_line(line, text(name, ':', number), words);
        }
    }
    if (in.bad()) {
        throw IoError(text(name, ": cannot be read: ", std::strerror(errno),
                           "; expected a file of lines graphemes<TAB>p h o n e s"));
    }
    std::vector<Word> all = words.take();
    if (all.empty()) {
        throw ValueError(text(name,
                              ": there are no words in this file; expected lines of "
                              "graphemes<TAB>p h o n e s"));
    }
    return all;
}

std::vector<Word> read_words(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw IoError(text(file, ": cannot be opened: ", std::strerror(errno),
                           "; expected a file of lines graphemes<TAB>p h o n e s"));
    }
    return read_words(in, file);
}

std::vector<Word> read_words(std::string_view content, const std::string& name) {
    std::istringstream in{std::string(content)};
    return read_words(in, name);
}

std::vector<std::string> split_letters(std::string_view graphemes, const std::string& where) {
    require_utf8(graphemes, where);
    std::vector<std::string> letters;
    const char* const end = graphemes.data() + graphemes.size();
    for (const char* here = graphemes.data(); here != end;) {
        const char* const begin = here;
        utf8::unchecked::next(here);
        letters.emplace_back(begin, here);
    }
    return letters;
}

}  // namespace g2p
