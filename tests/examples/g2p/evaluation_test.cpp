#include "examples/g2p/evaluation.hpp"

#include <doctest/doctest.h>

using namespace g2p;

TEST_SUITE("evaluation") {
    const std::vector<Word> words = {
        {"the", {"t", "h", "e"}, {{"DH", "AH"}, {"DH", "IY"}}},
        {"caf\u00e9", {"c", "a", "f", "\u00e9"}, {{"K", "AE", "F", "EY"}}},
        {"one", {"o", "n", "e"}, {{"W", "AH", "N"}}}};

    TEST_CASE("counts a word as right if any reference agrees") {
        const Score score = score_of({{"DH", "IY"}, {"K", "AE", "F"}, {"W", "AH", "N"}}, words);
        CHECK(score.words == 3);
        CHECK(score.wrong == 1);
        CHECK(summary(score) == "WER 33.33 PER 11.11");
    }
    TEST_CASE("shows words, predictions and truth under each other, and marks what is wrong") {
        CHECK(table_of({{"DH", "IY"}, {"K", "AE", "F"}, {"W", "AH", "N"}}, words, 3) ==
              "     word  predicted  truth\n"
              "     the   DH IY      DH IY\n"
              "  x  caf\u00e9  K AE F     K AE F EY\n"
              "     one   W AH N     W AH N\n");
    }
    TEST_CASE("spreads the lines of a short table over a long list") {
        const std::string table = table_of({{}, {}, {}}, words, 1);
        CHECK(table.find("the") != std::string::npos);
        CHECK(table.find("one") == std::string::npos);
    }
}
