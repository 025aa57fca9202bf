#include <xtape/examples/g2p/vocabulary.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace g2p;
using namespace xtape;

TEST_SUITE("vocabulary") {
    using Strings = std::vector<std::string>;
    using Ids = std::vector<std::int64_t>;

    const std::vector<Word> words = read_words("cab\tK AE B\nbeé\tB IY\tB EH", "words.tsv");

    TEST_CASE("numbers four reserved symbols, then the others in sorted order") {
        CHECK(Vocabulary({"c", "a", "é", "a"}).list() ==
              Strings{"<pad>", "<bos>", "<eos>", "<unk>", "a", "c", "é"});
        CHECK(letters_of(words).list() ==
              Strings{"<pad>", "<bos>", "<eos>", "<unk>", "a", "b", "c", "e", "é"});
        CHECK(phones_of(words).list() ==
              Strings{"<pad>", "<bos>", "<eos>", "<unk>", "AE", "B", "EH", "IY", "K"});
    }

    TEST_CASE("translates symbols into ids and back") {
        const Vocabulary letters = letters_of(words);
        CHECK(letters.size() == 9);
        CHECK(letters.ids(words[0].letters) == Ids{6, 4, 5});
        CHECK(letters.symbols({6, 4, 5}) == words[0].letters);
    }

    TEST_CASE("takes what it does not know for unknown") {
        CHECK(letters_of(words).id("z") == Vocabulary::unknown);
    }

    TEST_CASE("does not take a symbol for a reserved one that is spelled the same") {
        const Vocabulary angles({"<pad>", "<"});
        CHECK(angles.id("<pad>") == 5);
        CHECK(angles.id("<eos>") == Vocabulary::unknown);
    }

    TEST_CASE("reads a row of ids up to its end") {
        const Vocabulary phones = phones_of(words);
        CHECK(phones.symbols({8, 4, Vocabulary::eos, 5, 99}) == Strings{"K", "AE"});
        CHECK(phones.symbols({Vocabulary::eos}).empty());
    }

    TEST_CASE("returns from its list") {
        const Vocabulary phones = phones_of(words);
        const Vocabulary again = Vocabulary::from_list(phones.list());
        CHECK(again.list() == phones.list());
        CHECK(again.id("K") == 8);
        CHECK(Vocabulary::from_list({"<pad>", "<bos>", "<eos>", "<unk>"}).size() == 4);
    }

    TEST_CASE("refuses an id that it does not have") {
        CHECK_THROWS_WITH_AS(phones_of(words).symbol(9), "Vocabulary: id 9 is outside [0, 9)",
                             IndexError);
        CHECK_THROWS_WITH_AS(phones_of(words).symbols({-1}), "Vocabulary: id -1 is outside [0, 9)",
                             IndexError);
    }

    TEST_CASE("refuses the list of something else") {
        CHECK_THROWS_WITH_AS(Vocabulary::from_list({"<pad>", "a"}),
                             "Vocabulary: the first of 2 symbols are not the reserved ones; "
                             "expected <pad> <bos> <eos> <unk>",
                             FormatError);
        CHECK_THROWS_WITH_AS(
            Vocabulary::from_list({"<pad>", "<bos>", "<eos>", "<unk>", "b", "a"}),
            "Vocabulary: symbol 5 is \"a\" after \"b\"; expected sorted symbols, each once",
            FormatError);
        CHECK_THROWS_WITH_AS(
            Vocabulary::from_list({"<pad>", "<bos>", "<eos>", "<unk>", "a", "a"}),
            "Vocabulary: symbol 5 is \"a\" after \"a\"; expected sorted symbols, each once",
            FormatError);
    }
}
