#include <xtape/examples/g2p/batches.hpp>

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace g2p;
using namespace xtape;

namespace {

/// Example i has i % 7 + 1 phones and i % 5 + 1 letters.
std::vector<Example> examples_of_all_lengths(std::size_t count) {
    std::vector<Example> examples;
    for (std::size_t i = 0; i < count; ++i) {
        examples.push_back(
            {i, std::vector<std::int64_t>(i % 5 + 1, 4), std::vector<std::int64_t>(i % 7 + 1, 5)});
    }
    return examples;
}

std::vector<std::vector<std::size_t>> words_of(const std::vector<Batch>& batches) {
    std::vector<std::vector<std::size_t>> words;
    for (const Batch& batch : batches) {
        words.push_back(batch.words);
    }
    return words;
}

}  // namespace

TEST_SUITE("batches") {
    constexpr std::int64_t pad = Vocabulary::pad, bos = Vocabulary::bos, eos = Vocabulary::eos;

    const std::vector<Word> words = read_words("abc\tX Y\tY\nb\tX\n", "words.tsv");
    const Vocabulary letters = letters_of(words);  // a 4, b 5, c 6
    const Vocabulary phones = phones_of(words);    // X 4, Y 5

    TEST_CASE("pair every word with each of its pronunciations to train on") {
        const std::vector<Example> examples = make_examples(words, letters, phones);
        REQUIRE(examples.size() == 3);
        CHECK(examples[0].letters == std::vector<std::int64_t>{4, 5, 6});
        CHECK(examples[0].phones == std::vector<std::int64_t>{4, 5});
        CHECK(examples[1].phones == std::vector<std::int64_t>{5});
        CHECK(examples[1].word == 0);
        CHECK(examples[2].word == 1);
    }

    TEST_CASE("hold every word once to predict from") {
        const std::vector<Example> questions = make_questions(words, letters);
        REQUIRE(questions.size() == 2);
        const std::vector<Batch> batches = batches_by_length(questions, {});
        REQUIRE(batches.size() == 1);
        CHECK(batches[0].source == Index{{5, pad, pad}, {4, 5, 6}});
        CHECK(batches[0].decoder_input == Index(Index::shape_type{2, 1}, bos));
        CHECK(batches[0].words == std::vector<std::size_t>{1, 0});
    }

    TEST_CASE("fill rows up with PAD, shortest first") {
        const std::vector<Example> examples = make_examples(words, letters, phones);
        const std::vector<Batch> batches = batches_by_length(examples, {});
        REQUIRE(batches.size() == 1);
        const Batch& batch = batches[0];
        CHECK(batch.source == Index{{5, pad, pad}, {4, 5, 6}, {4, 5, 6}});
        CHECK(batch.decoder_input == Index{{bos, 4, pad}, {bos, 5, pad}, {bos, 4, 5}});
        CHECK(batch.target == Index{{4, eos, pad}, {5, eos, pad}, {4, 5, eos}});
        CHECK(batch.tokens == 7);
        CHECK(batch.words == std::vector<std::size_t>{1, 0, 0});
    }

    TEST_CASE("spread the words evenly instead of leaving a handful") {
        const std::vector<Batch> batches = batches_by_length(examples_of_all_lengths(41), {20, 0});
        REQUIRE(batches.size() == 3);
        CHECK(batches[0].words.size() == 14);
        CHECK(batches[1].words.size() == 14);
        CHECK(batches[2].words.size() == 13);
    }

    TEST_CASE("stay below the limit of tokens, PAD included") {
        const std::vector<Batch> batches = batches_by_length(examples_of_all_lengths(35), {35, 40});
        CHECK(batches.size() > 1);
        for (const Batch& batch : batches) {
            CHECK(batch.source.size() <= 40);
            CHECK(batch.target.size() <= 40);
        }
    }

    TEST_CASE("hold an example alone that is longer than the limit of tokens") {
        CHECK(batches_by_length(examples_of_all_lengths(3), {35, 1}).size() == 3);
    }

    TEST_CASE("hold every example once in an epoch, similar lengths together") {
        const std::vector<Batch> batches =
            shuffled_batches(examples_of_all_lengths(20000), {100, 0}, Random(1));
        std::vector<std::size_t> all;
        for (const Batch& batch : batches) {
            all.insert(all.end(), batch.words.begin(), batch.words.end());
            CHECK(batch.target.size() - batch.tokens <= batch.words.size());
        }
        std::sort(all.begin(), all.end());
        std::vector<std::size_t> expected(20000);
        std::iota(expected.begin(), expected.end(), std::size_t{0});
        CHECK(all == expected);
    }

    TEST_CASE("are the same for the same seed, others for another") {
        const std::vector<Example> examples = examples_of_all_lengths(500);
        const auto epoch = [&](std::uint64_t seed, std::uint64_t number) {
            return words_of(shuffled_batches(examples, {50, 0}, Random(seed, number)));
        };
        CHECK(epoch(1, 0) == epoch(1, 0));
        CHECK(epoch(1, 0) != epoch(1, 1));
        CHECK(epoch(1, 0) != epoch(2, 0));
    }

    TEST_CASE("are the same with every compiler") {
        const std::vector<Example> alike = {{0, {4}, {5}}, {1, {4}, {5}}, {2, {4}, {5}},
                                            {3, {4}, {5}}, {4, {4}, {5}}, {5, {4}, {5}}};
        CHECK(words_of(shuffled_batches(alike, {2, 0}, Random(1))) ==
              std::vector<std::vector<std::size_t>>{{5, 4}, {1, 3}, {2, 0}});
    }

    TEST_CASE("are none if there is no example") {
        CHECK(batches_by_length({}, {}).empty());
        CHECK(shuffled_batches({}, {}, Random(1)).empty());
    }

    TEST_CASE("refuse to hold no word") {
        CHECK_THROWS_WITH_AS(batches_by_length({}, {0, 0}),
                             "batches: the number of words in a batch is 0; it must be at least 1",
                             ValueError);
        CHECK_THROWS_WITH_AS(shuffled_batches({}, {0, 0}, Random(1)),
                             "batches: the number of words in a batch is 0; it must be at least 1",
                             ValueError);
    }
}
