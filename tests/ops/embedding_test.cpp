#include <xtape/ops/embedding.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("embedding") {
    const Array table = {{1, 2}, {3, 4}, {5, 6}};

    TEST_CASE("looks up rows") {
        CHECK(embedding(Variable(table), Index{2, 0, 2}).value() == Array{{5, 6}, {1, 2}, {5, 6}});
    }
    TEST_CASE("takes an index of any shape") {
        const Variable x(table);
        CHECK(embedding(x, index_of({}, {1})).value() == Array{3, 4});
        CHECK(embedding(x, index_of({1, 2, 1}, {1, 0})).value() ==
              array_of({1, 2, 1, 2}, {3, 4, 1, 2}));
        CHECK(embedding(x, Index::from_shape({2, 0})).shape() == Shape{2, 0, 2});
    }
    TEST_CASE("looks up padding as any other row") {
        CHECK(embedding(Variable(table), Index{1, 0}, 1).value() == Array{{3, 4}, {1, 2}});
    }

    TEST_CASE("adds to each row the gradients of its uses") {
        const Variable x(table);
        Tape tape;
        const Variable y = embedding(x, Index{2, 0, 2});
        CHECK(tape.gradients(y, Array{{1, 2}, {3, 4}, {10, 20}}, {x})[0].value() ==
              Array{{3, 4}, {0, 0}, {11, 22}});
    }
    TEST_CASE("adds into a gradient that is already there") {
        const Variable x(table);
        Tape tape;
        const Variable y = embedding(x, Index{2, 2});
        const Variable loss = reduce_sum(y) + reduce_sum(scale(x, 10));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{10, 10}, {10, 10}, {12, 12}});
    }
    TEST_CASE("leaves padding without a gradient") {
        const Variable x(table);
        Tape tape;
        const Variable y = embedding(x, Index{2, 1, 0, 1}, 1);
        const Variable loss = reduce_sum(y) + reduce_sum(embedding(x, Index{1, 0}, 1));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{2, 2}, {0, 0}, {1, 1}});
    }
    TEST_CASE("lets nothing pass through padding in the second derivative either") {
        const Variable x(table);
        const Variable g(Array{{1, 2}, {3, 4}});
        Tape outer;
        const Variable dx = [&] {
            Tape inner;
            return inner.gradients(embedding(x, Index{1, 0}, 1), g, {x})[0];
        }();
        CHECK(outer.gradients(dx, Array({3, 2}, 1), {g})[0].value() == Array{{0, 0}, {1, 1}});
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const Index& index :
             {Index{{0, 2}, {2, 2}}, index_of({}, {1}), Index::from_shape({0})}) {
            const Function f = [&](const auto& in) { return embedding(in[0], index); };
            CHECK(gradient_check(f, {random_array({3, 5})}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {random_array({3, 5})}, {Stencil::linear}));
        }
    }
    TEST_CASE("is the transpose of embedding_sum") {  // <P x, u> = <x, P' u>
        const Array x = random_array({4, 3}, 1);
        const Array u = random_array({2, 3, 3}, 2);
        const Index index = {{3, 1, 3}, {0, 3, 1}};
        CHECK(inner_product(embedding(Variable(x), index).value(), u) ==
              doctest::Approx(inner_product(x, embedding_sum(Variable(u), index, 4).value())));
    }

    TEST_CASE("names the index that is wrong") {
        const Variable x(table);
        for (const std::int64_t wrong : {std::int64_t{3}, std::int64_t{-1}, std::int64_t{1} << 32,
                                         std::numeric_limits<std::int64_t>::max()}) {
            CHECK_THROWS_WITH_AS(
                embedding(x, index_of({1, 3}, {0, 1, wrong})),
                text("embedding: index ", wrong, " at [0, 2] is outside [0, 3)").c_str(),
                IndexError);
        }
    }
    TEST_CASE("names padding that is no row") {
        for (const std::int64_t wrong : {3, -1}) {
            CHECK_THROWS_WITH_AS(
                embedding(Variable(table), Index{0, 1}, wrong),
                text("embedding: padding_index ", wrong, " is outside [0, 3)").c_str(), ValueError);
        }
    }
    TEST_CASE("wants a table of rows") {
        CHECK_THROWS_WITH_AS(embedding(Variable(Array{1, 2}), Index{0, 1}),
                             "embedding: the table has shape [2]; it must have two axes, rows and "
                             "width",
                             ShapeError);
    }
}

TEST_SUITE("embedding_sum") {
    TEST_CASE("adds rows where they belong") {
        const Variable x(Array{{1, 2}, {3, 4}, {10, 20}});
        CHECK(embedding_sum(x, Index{2, 0, 2}, 3).value() == Array{{3, 4}, {0, 0}, {11, 22}});
        CHECK(embedding_sum(Variable(Array{1, 2}), index_of({}, {1}), 2).value() ==
              Array{{0, 0}, {1, 2}});
    }
    TEST_CASE("returns to every row the gradient of its place") {
        const Variable x(Array{{1, 2}, {3, 4}});
        Tape tape;
        const Variable y = embedding_sum(x, Index{1, 1}, 2);
        CHECK(tape.gradients(y, Array{{5, 6}, {7, 8}}, {x})[0].value() == Array{{7, 8}, {7, 8}});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return embedding_sum(in[0], Index{2, 0, 2}, 4); };
        CHECK(gradient_check(f, {random_array({3, 2})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({3, 2})}, {Stencil::linear}));
    }
    TEST_CASE("refuses what does not fit") {
        const Variable x(Array{{1, 2}, {3, 4}});
        CHECK_THROWS_WITH_AS(
            embedding_sum(x, Index{0, 1, 1}, 2),
            "embedding_sum: the array has shape [2, 2] and the index [3]; they must "
            "be equal, but for the array's last axis",
            ShapeError);
        CHECK_THROWS_AS(embedding_sum(Variable(Real(1)), index_of({}, {0}), 2), ShapeError);
        CHECK_THROWS_WITH_AS(embedding_sum(x, Index{0, 2}, 2),
                             "embedding_sum: index 2 at [1] is outside [0, 2)", IndexError);
    }
}
