#include <xtape/examples/g2p/metrics.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace g2p;
using namespace xtape;

TEST_SUITE("metrics") {
    const Phones cat = {"K", "AE", "T"};

    TEST_CASE("count insertions, deletions and replacements") {
        CHECK(edit_distance(cat, cat) == 0);
        CHECK(edit_distance(cat, {"K", "AH", "T"}) == 1);
        CHECK(edit_distance(cat, {"K", "AE", "T", "S"}) == 1);
        CHECK(edit_distance(cat, {"AE", "T"}) == 1);
        CHECK(edit_distance(cat, {"T", "AE", "K"}) == 2);
        CHECK(edit_distance({"S", "IH", "T", "IH", "NG"}, {"K", "IH", "T", "AH", "N"}) == 3);
    }

    TEST_CASE("count a phone for each one that is missing at the border") {
        CHECK(edit_distance({}, {}) == 0);
        CHECK(edit_distance({}, cat) == 3);
        CHECK(edit_distance(cat, {}) == 3);
        CHECK(edit_distance({"S", "P", "L", "AE", "T"}, {"T"}) == 4);
    }

    TEST_CASE("are zero before the first word") {
        CHECK(summary(Score()) == "WER 0.00 PER 0.00");
    }

    TEST_CASE("are errors per word and edits per phone, in percent") {
        Score score;
        score.add(cat, {cat});
        score.add({"D", "AO", "K", "S"}, {{"D", "AO", "G"}});
        score.add({"B", "IY"}, {{"B", "IY"}});
        CHECK(score.words == 3);
        CHECK(score.wrong == 1);
        CHECK(score.edits == 2);
        CHECK(score.reference_phones == 8);
        CHECK(score.wer() == doctest::Approx(100.0 / 3));
        CHECK(score.per() == 25.0);
        CHECK(summary(score) == "WER 33.33 PER 25.00");
    }

    TEST_CASE("take any reference for right") {
        Score score;
        score.add({"DH", "IY"}, {{"DH", "AH", "AH"}, {"DH", "IY"}});
        CHECK(score.wrong == 0);
        CHECK(score.edits == 0);
        CHECK(score.reference_phones == 2);
    }

    TEST_CASE("compare with the nearest reference") {
        Score score;
        score.add({"A", "B", "C"}, {{"X", "Y", "C", "D"}, {"A", "B"}});
        CHECK(score.wrong == 1);
        CHECK(score.edits == 1);
        CHECK(score.reference_phones == 2);
    }

    TEST_CASE("compare with the longest of several that are as near") {
        Score score;
        score.add({"A", "B"}, {{"A"}, {"A", "B", "C"}, {"A", "C"}});
        CHECK(score.edits == 1);
        CHECK(score.reference_phones == 3);
    }

    TEST_CASE("exceed 100 percent of the phones if too many are said") {
        Score score;
        score.add({"A", "A", "A"}, {{"B"}});
        CHECK(score.per() == 300.0);
    }

    TEST_CASE("refuse a word without references") {
        Score score;
        CHECK_THROWS_WITH_AS(score.add(cat, {}),
                             "Score: word 0 has 0 references; it needs at least 1", ValueError);
    }
}
