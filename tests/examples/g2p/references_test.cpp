#include "examples/g2p/references.hpp"

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

#include "examples/g2p/embedded_data.hpp"
#include "tests/support/arrays.hpp"

using namespace g2p;
using namespace xtape;

TEST_SUITE("references") {
    const std::vector<Word> learned = read_words(embedded_train(), "embedded train.tsv");
    const Vocabulary letters = letters_of(learned);
    const Vocabulary phones = phones_of(learned);

    const auto find = [](const std::vector<std::string>& words,
                         const ReferenceSources& sources = {}) {
        return find_references(words, sources, letters, phones);
    };
    const auto own = [](const std::vector<std::string>& words,
                        const std::vector<std::string>& pronunciations) {
        return find(words, {"", pronunciations});
    };

    TEST_CASE("are those of the embedded lists, and say whether training saw the word") {
        const std::vector<Reference> found = find({"abbreviations", "aachen", "abashed"});
        REQUIRE(found.size() == 3);
        CHECK(found[0].origin == "test.tsv: never seen in training");
        CHECK(found[1].origin == "train.tsv: seen in training");
        CHECK(found[1].phones == Phones{"AA", "K", "AH", "N"});
        CHECK(found[1].letters.size() == 6);
        CHECK(found[2].origin == "dev.tsv: not learned from; the best weights were chosen by it");
    }

    TEST_CASE("do not tell what a model saw that learned from other words") {
        const std::vector<Reference> found =
            find_references({"aachen"}, {}, Vocabulary({"a"}), phones);
        CHECK(found[0].origin ==
              "train.tsv; this model learned from other words, perhaps from this one too");
    }

    TEST_CASE("are all pronunciations of a word") {
        const std::vector<Reference> found = find({"abducting"});
        REQUIRE(found.size() == 2);
        CHECK(found[0].phones != found[1].phones);
        CHECK(found[1].graphemes == "abducting");
    }

    TEST_CASE("may be one's own, one for each word or several of one") {
        const std::vector<Reference> each = own({"cat", "ox"}, {" K  AE T ", "AA K S"});
        REQUIRE(each.size() == 2);
        CHECK(each[0].phones == Phones{"K", "AE", "T"});
        CHECK(each[1].graphemes == "ox");
        CHECK(each[1].letters == std::vector<std::string>{"o", "x"});
        CHECK(each[1].origin == "--pronunciation, as you say");
        CHECK(own({"cat"}, {"K AE T", "K AH T"})[1].phones[1] == "AH");
    }

    TEST_CASE("that are nowhere are asked for") {
        CHECK(message_of([] { find({"Zyzx"}); }) ==
              "explain: 'Zyzx' is not in the embedded lists (which are in lower case); say how it "
              "is spoken with --pronunciation \"P H O N E S\", or name a list that has it with "
              "--test FILE");
        CHECK_THROWS_AS(find({"cat"}, {"/nowhere/words.tsv", {}}), IoError);
    }

    TEST_CASE("refuse another number of pronunciations, and phones that the model lacks") {
        CHECK(message_of([] {
                  own({"a", "b", "c"}, {"EY", "B"});
              }) ==
              "explain: there are 3 words and 2 of --pronunciation; give one for each word, in the "
              "order of the words, or any number for a single word");
        const Vocabulary few({"K", "T"});
        CHECK(message_of([&] {
                  find_references({"cat"}, {"", {"K AE"}}, letters, few);
              }) == "explain: 'AE' of 'cat' is no phone of this model; it knows K T");
        CHECK_THROWS_AS(own({"cat"}, {"<pad>"}), ValueError);
    }
}
