#include <xtape/examples/g2p/shares.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>

using namespace g2p;
using namespace xtape;

namespace {

/// One row for each word; letters are 7, phones 8.
Batch batch_of(const std::vector<std::size_t>& letters, const std::vector<std::size_t>& phones) {
    std::vector<Example> examples;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        examples.push_back(
            {i, std::vector<std::int64_t>(letters[i], 7), std::vector<std::int64_t>(phones[i], 8)});
    }
    return batches_by_length(examples, {})[0];
}

std::vector<std::size_t> rows_of(const std::vector<Batch>& shares) {
    std::vector<std::size_t> rows;
    for (const Batch& share : shares) {
        rows.push_back(share.words.size());
    }
    return rows;
}

}  // namespace

TEST_SUITE("shares") {
    using Rows = std::vector<std::size_t>;

    TEST_CASE("are as wide as their own longest row") {
        const std::vector<Batch> shares = make_shares(batch_of({1, 2, 4}, {1, 1, 3}), 2);
        REQUIRE(shares.size() == 2);
        CHECK(shares[0].source == Index{{7, 0}, {7, 7}});
        CHECK(shares[0].decoder_input == Index{{1, 8}, {1, 8}});
        CHECK(shares[0].target == Index{{8, 2}, {8, 2}});
        CHECK(shares[0].tokens == 4);
        CHECK(shares[0].words == std::vector<std::size_t>{0, 1});
        CHECK(shares[1].source == Index{{7, 7, 7, 7}});
        CHECK(shares[1].decoder_input == Index{{1, 8, 8, 8}});
        CHECK(shares[1].target == Index{{8, 8, 8, 2}});
        CHECK(shares[1].tokens == 4);
        CHECK(shares[1].words == std::vector<std::size_t>{2});
    }

    TEST_CASE("have about as many tokens each") {
        CHECK(rows_of(make_shares(batch_of({1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}), 2)) ==
              Rows{3, 3});
        CHECK(rows_of(make_shares(batch_of({1, 1, 1, 1, 1}, {1, 1, 1, 1, 7}), 2)) == Rows{4, 1});
    }

    TEST_CASE("are fewer than asked for if the rows are too few") {
        CHECK(rows_of(make_shares(batch_of({1, 1}, {1, 1}), 4)) == Rows{1, 1});
        CHECK(rows_of(make_shares(batch_of({3}, {2}), 2)) == Rows{1});
        CHECK(make_shares(Batch(), 2).empty());
    }

    TEST_CASE("leave a batch that is not shared as it is") {
        const Batch batch = batch_of({1, 2, 4}, {1, 1, 3});
        const std::vector<Batch> shares = make_shares(batch, 1);
        REQUIRE(shares.size() == 1);
        CHECK(shares[0].source == batch.source);
        CHECK(shares[0].target == batch.target);
        CHECK(shares[0].tokens == batch.tokens);
    }

    TEST_CASE("cannot be none") {
        CHECK_THROWS_WITH_AS(make_shares(Batch(), 0),
                             "make_shares: the number of shares is 0; it must be at least 1",
                             ValueError);
    }
}
