#include <xtape/ops/heads.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// Two queries meet one key, and one query two keys.
const Pairing small = {Sequences({2, 1}), Sequences({1, 2}), 1};

/// An empty sequence on either side, and a pair of two.
const Pairing gaps = {Sequences({2, 0, 3, 0}), Sequences({3, 2, 0, 0}), 2};

const Pairing even = {Sequences({3, 3}), Sequences({2, 2}), 3};

Array weights_of(const Pairing& pairing, std::uint64_t seed) {
    return random_array(
        {pairing.queries.count(), pairing.heads, pairing.queries.longest(), pairing.keys.longest()},
        seed);
}

/// Rows of even sequences as [B, heads, T, width / heads].
Variable split(const Variable& rows, const Sequences& sequences, std::size_t heads) {
    const Shape shape = {sequences.count(), sequences.longest(), heads, rows.shape()[1] / heads};
    return permute(reshape(rows, shape), {0, 2, 1, 3});
}

Variable joined(const Variable& y, const Shape& rows) {
    return reshape(permute(y, {0, 2, 1, 3}), rows);
}

}  // namespace

TEST_SUITE("sequences") {
    TEST_CASE("stand one after the other") {
        const Sequences sequences({2, 0, 3});
        CHECK(sequences.count() == 3);
        CHECK(sequences.rows() == 5);
        CHECK(sequences.longest() == 3);
        CHECK(sequences.first(1) == 2);
        CHECK(sequences.first(2) == 2);
        CHECK(sequences.length(1) == 0);
        CHECK(sequences.length(2) == 3);
    }
    TEST_CASE("may be none") {
        CHECK(Sequences({}).count() == 0);
        CHECK(Sequences({}).rows() == 0);
        CHECK(Sequences({}).longest() == 0);
    }
}

TEST_SUITE("score_heads") {
    const Array q = {{1, 2}, {3, 4}, {5, 6}};
    const Array k = {{1, 10}, {1, 0}, {0, 1}};

    TEST_CASE("multiplies queries with the keys of their sequence") {
        CHECK(score_heads(Variable(q), Variable(k), small).value() ==
              array_of({2, 1, 2, 2}, {21, 0, 43, 0, 5, 6, 0, 0}));
    }
    TEST_CASE("multiplies head by head") {
        const Pairing two_heads = {small.queries, small.keys, 2};
        CHECK(score_heads(Variable(q), Variable(k), two_heads).value() ==
              array_of({2, 2, 2, 2}, {1, 0, 3, 0, 20, 0, 40, 0, 5, 0, 0, 0, 0, 6, 0, 0}));
    }
    TEST_CASE("is a product of matrices where all sequences are equally long") {
        const Variable queries(random_array({6, 6}, 1));
        const Variable keys(random_array({4, 6}, 2));
        const Variable y = matmul(split(queries, even.queries, 3), split(keys, even.keys, 3),
                                  Operand::plain, Operand::transposed);
        CHECK(close(score_heads(queries, keys, even).value(), y.value()));
    }
    TEST_CASE("of nothing is zero, or empty") {
        const auto rows = [](std::size_t n, std::size_t width) {
            return Variable(Array({n, width}, 1));
        };
        CHECK(score_heads(rows(3, 0), rows(3, 0), small).value() == Array(Shape{2, 1, 2, 2}, 0));
        const Pairing none = {Sequences({}), Sequences({}), 2};
        CHECK(score_heads(rows(0, 2), rows(0, 2), none).shape() == Shape{0, 2, 0, 0});
        const Pairing silent = {Sequences({1}), Sequences({0}), 2};
        CHECK(score_heads(rows(1, 2), rows(0, 2), silent).shape() == Shape{1, 2, 1, 0});
    }
    TEST_CASE("keeps nan to its row, and to its head") {
        Array changed = q;
        changed(1, 0) = std::numeric_limits<Real>::quiet_NaN();
        const Pairing two_heads = {small.queries, small.keys, 2};
        const Array before = score_heads(Variable(q), Variable(k), two_heads).value();
        const Array after = score_heads(Variable(changed), Variable(k), two_heads).value();
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK((i == 2 || before.data()[i] == after.data()[i]));
        }
        CHECK(after(0, 0, 1, 0) != after(0, 0, 1, 0));
    }

    TEST_CASE("returns to each row what it was multiplied with") {
        const Variable queries(q), keys(k);
        Tape tape;
        const Variable p = score_heads(queries, keys, small);
        const Array g = array_of({2, 1, 2, 2}, {1, 9, 10, 9, 2, 3, 9, 9});
        const auto gradients = tape.gradients(p, g, {queries, keys});
        CHECK(gradients[0].value() == Array{{1, 10}, {10, 100}, {2, 3}});
        CHECK(gradients[1].value() == Array{{31, 42}, {10, 12}, {15, 18}});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Pairing& pairing : {small, gaps, even}) {
            const Function f = [&](const auto& in) { return score_heads(in[0], in[1], pairing); };
            const std::vector<Array> in = {random_array({pairing.queries.rows(), 6}, 1),
                                           random_array({pairing.keys.rows(), 6}, 2)};
            CHECK_GRADIENT(f, in);
            CHECK_SECOND_GRADIENT(f, in);
        }
    }
    TEST_CASE("adds the gradients of rows that meet themselves") {
        const Pairing pairing = {small.queries, small.queries, 2};
        const Function f = [&](const auto& in) { return score_heads(in[0], in[0], pairing); };
        CHECK_GRADIENT(f, {random_array({3, 4})});
        CHECK_SECOND_GRADIENT(f, {random_array({3, 4})});
    }

    TEST_CASE("refuses rows that are not those of the sequences") {
        const auto of = [](const Shape& shape) { return Variable(Array(shape, 1)); };
        CHECK_THROWS_WITH_AS(
            score_heads(of({4, 2}), of({3, 2}), small),
            "score_heads: the queries have shape [4, 2]; expected [3, width], a row "
            "for each token",
            ShapeError);
        CHECK_THROWS_WITH_AS(score_heads(of({3, 2}), of({3}), small),
                             "score_heads: the keys have shape [3]; expected [3, width], a row for "
                             "each token",
                             ShapeError);
        CHECK_THROWS_WITH_AS(
            score_heads(of({3, 2}), of({3, 4}), small),
            "score_heads: the queries have shape [3, 2] and the keys [3, 4]; their "
            "widths must be equal",
            ShapeError);
    }
    TEST_CASE("refuses sequences without a partner, and heads that cannot share the width") {
        const Variable x(Array({3, 4}, 1));
        CHECK_THROWS_WITH_AS(score_heads(x, x, {Sequences({2, 1}), Sequences({3}), 1}),
                             "score_heads: 2 sequences of queries and 1 of keys; each needs its "
                             "partner",
                             ShapeError);
        for (const std::size_t heads : {std::size_t{0}, std::size_t{3}}) {
            CHECK_THROWS_WITH_AS(score_heads(x, x, {small.queries, small.keys, heads}),
                                 text("score_heads: ", heads,
                                      " heads cannot share a width of 4; their number must divide "
                                      "it")
                                     .c_str(),
                                 ShapeError);
        }
    }
}

TEST_SUITE("mix_heads") {
    const Array p = array_of({2, 1, 2, 2}, {2, NAN, 3, NAN, 10, 100, NAN, NAN});
    const Array v = {{1, 2}, {3, 4}, {5, 6}};

    TEST_CASE("adds up rows with their weights, and reads none beyond a sequence") {
        CHECK(mix_heads(Variable(p), Variable(v), small).value() ==
              Array{{2, 4}, {3, 6}, {530, 640}});
    }
    TEST_CASE("adds up the other way round") {
        CHECK(mix_heads(Variable(p), Variable(v), small, Operand::transposed).value() ==
              Array{{11, 16}, {50, 60}, {500, 600}});
    }
    TEST_CASE("adds up head by head") {
        const Pairing two_heads = {Sequences({1}), Sequences({2}), 2};
        const Variable weights(array_of({1, 2, 1, 2}, {1, 10, 2, 20}));
        CHECK(mix_heads(weights, Variable(Array{{1, 2}, {3, 4}}), two_heads).value() ==
              Array{{31, 84}});
    }
    TEST_CASE("is a product of matrices where all sequences are equally long") {
        const Variable weights(weights_of(even, 1));
        const Variable values(random_array({4, 6}, 2));
        const Variable queries(random_array({6, 6}, 3));
        const Variable y = matmul(weights, split(values, even.keys, 3));
        CHECK(close(mix_heads(weights, values, even).value(), joined(y, {6, 6}).value()));
        const Variable back = matmul(weights, split(queries, even.queries, 3), Operand::transposed);
        CHECK(close(mix_heads(weights, queries, even, Operand::transposed).value(),
                    joined(back, {4, 6}).value()));
    }
    TEST_CASE("gives zeros to a row that meets none") {
        const Pairing silent = {Sequences({2, 1}), Sequences({0, 1}), 1};
        const Variable weights(Array(Shape{2, 1, 2, 1}, 3));
        CHECK(mix_heads(weights, Variable(Array(Shape{1, 1}, 2)), silent).value() ==
              array_of({3, 1}, {0, 0, 6}));
        const Pairing nobody = {Sequences({2}), Sequences({0}), 1};
        CHECK(mix_heads(Variable(Array::from_shape({1, 1, 2, 0})),
                        Variable(Array::from_shape({0, 3})), nobody)
                  .value() == Array(Shape{2, 3}, 0));
    }

    TEST_CASE("returns to weights the products, and to rows what they were given to") {
        const Variable weights(p), values(v);
        Tape tape;
        const Variable y = mix_heads(weights, values, small);
        const auto g = tape.gradients(y, Array{{1, 0}, {0, 1}, {1, 1}}, {weights, values});
        CHECK(g[0].value() == array_of({2, 1, 2, 2}, {1, 0, 2, 0, 7, 11, 0, 0}));
        CHECK(g[1].value() == Array{{2, 3}, {10, 10}, {100, 100}});
    }
    TEST_CASE("has the right first and second derivatives, transposed or not") {
        for (const Pairing& pairing : {small, gaps, even}) {
            for (const Operand of_p : {Operand::plain, Operand::transposed}) {
                const Sequences& from = of_p == Operand::plain ? pairing.keys : pairing.queries;
                const Function f = [&](const auto& in) {
                    return mix_heads(in[0], in[1], pairing, of_p);
                };
                const std::vector<Array> in = {weights_of(pairing, 1),
                                               random_array({from.rows(), 6}, 2)};
                CHECK_GRADIENT(f, in);
                CHECK_SECOND_GRADIENT(f, in);
            }
        }
    }
    TEST_CASE("forms one product of three with score_heads") {  // <P, Q K'> = <Q, P K> = <K, P' Q>
        for (const Pairing& pairing : {small, gaps, even}) {
            const Array weights = weights_of(pairing, 1);
            const Array queries = random_array({pairing.queries.rows(), 6}, 2);
            const Array keys = random_array({pairing.keys.rows(), 6}, 3);
            const Variable scores = score_heads(Variable(queries), Variable(keys), pairing);
            const double all = inner_product(weights, scores.value());
            const Variable to_queries = mix_heads(Variable(weights), Variable(keys), pairing);
            const Variable to_keys =
                mix_heads(Variable(weights), Variable(queries), pairing, Operand::transposed);
            CHECK(inner_product(queries, to_queries.value()) == doctest::Approx(all));
            CHECK(inner_product(keys, to_keys.value()) == doctest::Approx(all));
        }
    }

    TEST_CASE("refuses what does not fit") {
        const Variable weights(p);
        const auto of = [](const Shape& shape) { return Variable(Array(shape, 1)); };
        CHECK_THROWS_WITH_AS(
            mix_heads(of({2, 1, 2, 3}), of({3, 2}), small),
            "mix_heads: the weights have shape [2, 1, 2, 3]; expected [2, 1, 2, 2] "
            "for these sequences",
            ShapeError);
        CHECK_THROWS_AS(mix_heads(weights, of({4, 2}), small), ShapeError);
        CHECK_THROWS_AS(mix_heads(weights, of({3}), small), ShapeError);
        CHECK_THROWS_AS(mix_heads(weights, of({3, 2}), {small.queries, Sequences({3}), 1}),
                        ShapeError);
        const Pairing other = {Sequences({2, 2}), small.keys, 1};
        CHECK_THROWS_AS(mix_heads(weights, of({3, 2}), other, Operand::transposed), ShapeError);
    }
}
