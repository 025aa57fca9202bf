#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace g2p {

/// A pronunciation: phones in the order in which they are spoken.
using Phones = std::vector<std::string>;

/// A word and every pronunciation of it that counts as right.
struct Word {
    std::string graphemes;               // UTF-8, as the file has it
    std::vector<std::string> letters;    // its code points, one string each
    std::vector<Phones> pronunciations;  // at least one, each once, in the order of the file
};

/// Reads words and their pronunciations from a file in UTF-8, one word a line:
///
///     graphemes<TAB>p h o n e s
///     graphemes<TAB>p h o n e s<TAB>p h o n e s
///
/// Lines that share a word are alternatives and become one Word; words come in the order in which
/// they first appear. Empty lines, a byte-order mark and carriage returns before a line's end do
/// not matter, nor do blanks around a word or between phones.
///
/// Throws IoError if the file cannot be read, FormatError (`FILE:LINE: ...`) for a line that is not
/// as above, ValueError if there are no words.
std::vector<Word> read_words(const std::string& file);

/// The same from a stream; `name` stands for FILE in messages.
std::vector<Word> read_words(std::istream& in, const std::string& name);

/// The same from a text that is already in memory.
std::vector<Word> read_words(std::string_view content, const std::string& name);

/// The code points of `graphemes`, one string each: what the model reads one by one.
/// Throws FormatError (`WHERE: ...`) if it is not UTF-8.
std::vector<std::string> split_letters(std::string_view graphemes, const std::string& where);

}  // namespace g2p
