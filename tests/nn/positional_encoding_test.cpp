#include <xtape/nn/positional_encoding.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("positional_encoding") {
    TEST_CASE("adds sines and cosines of ever longer waves") {
        const PositionalEncoding positions(4);
        const Variable x(Array(Shape{1, 3, 4}, 10));
        Array expected = Array::from_shape({1, 3, 4});
        for (std::size_t p = 0; p < 3;
             ++p) {  // the second wave is 10000^(2 / 4) = 100 times longer
            const Real angle = static_cast<Real>(p);
            Real* const row = expected.data() + 4 * p;
            row[0] = 10 + std::sin(angle);
            row[1] = 10 + std::cos(angle);
            row[2] = 10 + std::sin(angle / 100);
            row[3] = 10 + std::cos(angle / 100);
        }
        CHECK(close(positions(x).value(), expected));
    }
    TEST_CASE("is the same for every sequence of a batch, and has odd widths too") {
        const PositionalEncoding positions(3);
        const Variable y = positions(Variable(Array(Shape{2, 2, 3}, 0)));
        CHECK(close(y.value(), Array{{{0, 1, 0},
                                      {std::sin(Real(1)), std::cos(Real(1)),
                                       std::sin(std::pow(Real(1e4), Real(-2) / 3))}},
                                     {{0, 1, 0},
                                      {std::sin(Real(1)), std::cos(Real(1)),
                                       std::sin(std::pow(Real(1e4), Real(-2) / 3))}}}));
    }
    TEST_CASE("knows any position, whatever the length of its table") {
        const PositionalEncoding small(6, 2);
        const PositionalEncoding large(6, 100);
        const Variable x(random_array({1, 20, 6}));
        CHECK(same_bits(small(x).value(), large(x).value()));
        CHECK(same_bits(small(x, 70).value(), large(x, 70).value()));
    }
    TEST_CASE("goes on where the piece before ended") {
        const PositionalEncoding positions(4, 8);
        const Variable whole = positions(Variable(Array(Shape{1, 10, 4}, 0)));
        for (const std::size_t first : {3u, 6u}) {
            const Variable piece = positions(Variable(Array(Shape{1, 4, 4}, 0)), first);
            CHECK(std::equal(piece.value().data(), piece.value().data() + 16,
                             whole.value().data() + 4 * first));
        }
    }
    TEST_CASE("hands gradients through") {
        const PositionalEncoding positions(2);
        const Variable x(random_array({2, 3, 2}));
        Tape tape;
        const Variable loss = reduce_sum(positions(x));
        CHECK(tape.gradients(loss, {x})[0].value() == Array(Shape{2, 3, 2}, 1));
    }
    TEST_CASE("refuses vectors of another width") {
        const PositionalEncoding positions(4);
        CHECK_THROWS_WITH_AS(positions(Variable(Array{{1, 2}})),
                             "PositionalEncoding: shape [1, 2] is not a sequence of vectors; "
                             "expected [..., T, 4]",
                             ShapeError);
        CHECK_THROWS_AS(positions(Variable(Array{1, 2, 3, 4})), ShapeError);
    }
}
