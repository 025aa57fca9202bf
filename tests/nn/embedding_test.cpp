#include <xtape/nn/embedding.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("nn::embedding") {
    TEST_CASE("gives every token its row") {
        Random random(1);
        Embedding embedding(3, 2, random);
        embedding.table.assign(Array{{1, 2}, {3, 4}, {5, 6}});
        CHECK(embedding(Index{{2, 0}, {1, 2}}).value() ==
              Array{{{5, 6}, {1, 2}}, {{3, 4}, {5, 6}}});
    }
    TEST_CASE("begins with rows of length about 1") {
        Random random(1);
        const Embedding embedding(400, 64, random);
        CHECK(inner_product(embedding.table.value(), embedding.table.value()) / 400 ==
              doctest::Approx(1).epsilon(0.05));
    }
    TEST_CASE("keeps the padding row at zero") {
        Random random(1);
        const Embedding embedding(3, 2, random, 1);
        CHECK(embedding(Index{1}).value() == Array{{0, 0}});
        Tape tape;
        const Variable loss = reduce_sum(embedding(Index{0, 1, 1, 2}));
        CHECK(tape.gradients(loss, embedding.parameters())[0].value() ==
              Array{{1, 1}, {0, 0}, {1, 1}});
    }
    TEST_CASE("refuses a padding token and tokens that it does not have") {
        Random random(1);
        CHECK_THROWS_WITH_AS(Embedding(3, 2, random, 3),
                             "Embedding: the padding token 3 is outside [0, 3)", ValueError);
        CHECK_THROWS_AS(Embedding(3, 2, random, -1), ValueError);
        CHECK_THROWS_AS(Embedding(3, 2, random)(Index{0, 3}), IndexError);
    }
}
