#include <xtape/nn/packing.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

TEST_SUITE("packing") {
    const Mask padding = {{false, true, true}, {true, false, false}};
    const Mask none(Mask::shape_type{2, 3}, false);

    TEST_CASE("takes out the tokens, in their order") {
        const Variable x(array_of({2, 3, 2}, {1, 2, NAN, NAN, 0, 0, 9, 9, 3, 4, 5, 6}));
        CHECK(Packing(padding).pack(x).value() == Array{{1, 2}, {3, 4}, {5, 6}});
    }
    TEST_CASE("puts them back, with zeros at PAD") {
        const Variable rows(Array{{1, 2}, {3, 4}, {5, 6}});
        CHECK(Packing(padding).unpack(rows).value() ==
              array_of({2, 3, 2}, {1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6}));
    }
    TEST_CASE("knows which rows belong together") {
        const Sequences sequences = Packing(padding).sequences();
        CHECK(sequences.count() == 2);
        CHECK(sequences.length(0) == 1);
        CHECK(sequences.length(1) == 2);
    }
    TEST_CASE("without PAD is another shape, and nothing else") {
        const Packing packing(none);
        const Variable x(random_array({2, 3, 4}));
        CHECK(packing.pack(x).shape() == Shape{6, 4});
        CHECK(packing.unpack(packing.pack(x)).value() == x.value());
        CHECK(operators_of([&] { packing.unpack(packing.pack(x)); }) ==
              std::vector<std::string>{"Reshape", "Reshape"});
    }
    TEST_CASE("of nothing but PAD, and of no positions, has no rows") {
        const Packing all(Mask(Mask::shape_type{2, 3}, true));
        CHECK(all.pack(Variable(random_array({2, 3, 4}))).shape() == Shape{0, 4});
        CHECK(all.unpack(Variable(Array::from_shape({0, 4}))).value() == Array(Shape{2, 3, 4}, 0));
        const Packing empty(Mask::from_shape({2, 0}));
        CHECK(empty.pack(Variable(Array::from_shape({2, 0, 4}))).shape() == Shape{0, 4});
    }
    TEST_CASE("returns no gradient to PAD, and takes none from it") {
        const Packing packing(padding);
        const Variable x(random_array({2, 3, 1}));
        Tape tape;
        const Variable rows = packing.pack(x);
        const Variable y = packing.unpack(rows);
        const Array g = array_of({2, 3, 1}, {1, NAN, NAN, NAN, 2, 3});
        const auto gradients = tape.gradients(y, g, {rows, x});
        CHECK(gradients[0].value() == array_of({3, 1}, {1, 2, 3}));
        CHECK(gradients[1].value() == array_of({2, 3, 1}, {1, 0, 0, 0, 2, 3}));
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Mask& mask : {padding, none}) {
            const Packing packing(mask);
            const Function pack = [&](const auto& in) { return packing.pack(in[0]); };
            const Function unpack = [&](const auto& in) { return packing.unpack(in[0]); };
            const std::vector<Array> rows = {random_array({packing.sequences().rows(), 2})};
            CHECK(gradient_check(pack, {random_array({2, 3, 2})}, {Stencil::linear}));
            CHECK(second_gradient_check(pack, {random_array({2, 3, 2})}, {Stencil::linear}));
            CHECK(gradient_check(unpack, rows, {Stencil::linear}));
            CHECK(second_gradient_check(unpack, rows, {Stencil::linear}));
        }
    }
    TEST_CASE("refuses what does not fit") {
        const Packing packing(padding);
        CHECK_THROWS_WITH_AS(Packing(Mask{true, false}),
                             "Packing: the padding mask has shape [2]; expected [B, S]",
                             ShapeError);
        CHECK_THROWS_WITH_AS(packing.pack(Variable(random_array({2, 4, 1}))),
                             "Packing: x has shape [2, 4, 1] and the padding mask [2, 3]; expected "
                             "[B, S, width] and [B, S]",
                             ShapeError);
        CHECK_THROWS_AS(packing.pack(Variable(random_array({2, 3}))), ShapeError);
        CHECK_THROWS_WITH_AS(packing.unpack(Variable(random_array({4, 2}))),
                             "Packing: rows of shape [4, 2] for 3 tokens; expected [3, width]",
                             ShapeError);
        CHECK_THROWS_AS(packing.unpack(Variable(random_array({3}))), ShapeError);
    }
}
