#include <xtape/examples/g2p/corpus.hpp>

#include <sstream>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace g2p;
using namespace xtape;

TEST_SUITE("corpus") {
    using Strings = std::vector<std::string>;

    const auto read = [](std::string_view content) { return read_words(content, "words.tsv"); };

    TEST_CASE("reads a word and its phones from a line") {
        const std::vector<Word> words = read("cat\tK AE T\ndog\tD AO G\n");
        REQUIRE(words.size() == 2);
        CHECK(words[0].graphemes == "cat");
        CHECK(words[0].letters == Strings{"c", "a", "t"});
        CHECK(words[0].pronunciations == std::vector<Phones>{{"K", "AE", "T"}});
        CHECK(words[1].graphemes == "dog");
    }

    TEST_CASE("splits a word into code points, not bytes") {
        const std::vector<Word> words = read("abîme\ta b i m\n가능\tk a̠ː n ɯ ŋ");
        CHECK(words[0].letters == Strings{"a", "b", "î", "m", "e"});
        CHECK(words[1].letters == Strings{"가", "능"});
        CHECK(words[1].pronunciations[0] == Phones{"k", "a̠ː", "n", "ɯ", "ŋ"});
    }

    TEST_CASE("gathers the pronunciations of a word from several lines and columns, each once") {
        const std::vector<Word> words = read(
            "a\tAH\n"
            "the\tDH AH\tDH IY\n"
            "a\tEY\tAH\n");
        REQUIRE(words.size() == 2);
        CHECK(words[0].graphemes == "a");
        CHECK(words[0].pronunciations == std::vector<Phones>{{"AH"}, {"EY"}});
        CHECK(words[1].pronunciations == std::vector<Phones>{{"DH", "AH"}, {"DH", "IY"}});
    }

    TEST_CASE("does not mind what editors leave behind") {
        const std::vector<Word> words = read("\xEF\xBB\xBF cat \t K  AE T \r\n\r\n  \n\ndog\tD");
        REQUIRE(words.size() == 2);
        CHECK(words[0].letters == Strings{"c", "a", "t"});
        CHECK(words[0].pronunciations == std::vector<Phones>{{"K", "AE", "T"}});
        CHECK(words[1].graphemes == "dog");
        CHECK(read("cat\tK \r \r\n")[0].pronunciations == std::vector<Phones>{{"K"}});
    }

    TEST_CASE("keeps a blank inside a word as a letter") {
        CHECK(read("New York\tN UW")[0].letters[3] == " ");
    }

    TEST_CASE("reads from a stream") {
        std::istringstream in("cat\tK AE T\n");
        CHECK(read_words(in, "words.tsv").size() == 1);
    }

    TEST_CASE("names the line that is wrong") {
        CHECK_THROWS_WITH_AS(read("cat\tK AE T\n\nhello HH AH L OW\n"),
                             "words.tsv:3: there is no tab in \"hello HH AH L OW\"; expected "
                             "graphemes<TAB>p h o n e s",
                             FormatError);
        CHECK_THROWS_WITH_AS(read("\tK AE T\n"),
                             "words.tsv:1: there is no word before the tab; expected "
                             "graphemes<TAB>p h o n e s",
                             FormatError);
        CHECK_THROWS_WITH_AS(read("cat\t \n"),
                             "words.tsv:1: there is no phone of \"cat\" after tab 1; expected "
                             "graphemes<TAB>p h o n e s",
                             FormatError);
        CHECK_THROWS_WITH_AS(read("cat\tK AE T\t\n"),
                             "words.tsv:1: there is no phone of \"cat\" after tab 2; expected "
                             "graphemes<TAB>p h o n e s",
                             FormatError);
    }

    TEST_CASE("refuses lines that end in carriage returns alone") {
        CHECK_THROWS_WITH_AS(read("cat\tK AE T\rdog\tD AO G\r"),
                             "words.tsv:1: byte 11 is a carriage return; end lines with LF or CRLF",
                             FormatError);
    }

    TEST_CASE("names the byte that is not UTF-8") {
        CHECK_THROWS_WITH_AS(read("cat\tK AE T\nab\xEEme\ta b i m\n"),
                             "words.tsv:2: byte 3 is 0xEE, which is not UTF-8 there; save the text "
                             "as UTF-8",
                             FormatError);
        CHECK_THROWS_WITH_AS(split_letters("abc\xFF", "word"),
                             "word: byte 4 is 0xFF, which is not UTF-8 there; save the text as "
                             "UTF-8",
                             FormatError);
    }

    TEST_CASE("refuses a file without words") {
        CHECK_THROWS_WITH_AS(read("\n\r\n"),
                             "words.tsv: there are no words in this file; expected lines of "
                             "graphemes<TAB>p h o n e s",
                             ValueError);
    }

    TEST_CASE("says why a file cannot be read") {
        CHECK_THROWS_WITH_AS(read_words("no/such/words.tsv"),
                             "no/such/words.tsv: cannot be opened: No such file or directory; "
                             "expected a file of lines graphemes<TAB>p h o n e s",
                             IoError);
        CHECK_THROWS_WITH_AS(read_words("/"),
                             "/: cannot be read: Is a directory; expected a file of lines "
                             "graphemes<TAB>p h o n e s",
                             IoError);
    }
}
