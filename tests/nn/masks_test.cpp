#include <xtape/nn/masks.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("masks") {
    TEST_CASE("mark padding") {
        CHECK(padding_mask(Index{{5, 7, 0}, {5, 0, 0}}, 0) ==
              Mask{{false, false, true}, {false, true, true}});
        CHECK(padding_mask(Index::from_shape({2, 0}), 0).shape() == Mask::shape_type{2, 0});
    }
    TEST_CASE("hide padding from every head and every query") {
        const Mask hidden = hide_padding(Mask{{false, true, true}, {false, false, true}});
        CHECK(hidden == mask_of({2, 1, 1, 3}, {false, true, true, false, false, true}));
    }
    TEST_CASE("hide the future") {
        CHECK(hide_future(3) ==
              Mask{{false, true, true}, {false, false, true}, {false, false, false}});
        CHECK(hide_future(0).size() == 0);
    }
    TEST_CASE("may mark nothing") {
        CHECK(marks_any(Mask{{false, false}, {false, true}}));
        CHECK_FALSE(marks_any(Mask{{false, false}, {false, false}}));
        CHECK_FALSE(marks_any(Mask()));
        CHECK_FALSE(marks_any(Mask::from_shape({2, 0})));
    }
    TEST_CASE("of padding make zeros of what they mark, and of its gradient") {
        const Variable x(array_of({1, 2, 2}, {1, 2, NAN, NAN}));
        const Mask padding = mask_of({1, 2}, {false, true});
        Tape tape;
        const Variable y = without_padding(x, padding);
        CHECK(y.value() == array_of({1, 2, 2}, {1, 2, 0, 0}));
        CHECK(tape.gradients(y, array_of({1, 2, 2}, {3, 4, NAN, 5}), {x})[0].value() ==
              array_of({1, 2, 2}, {3, 4, 0, 0}));
    }
    TEST_CASE("of padding have two axes") {
        CHECK_THROWS_WITH_AS(without_padding(Variable(random_array({2, 3, 4})), Mask{true, false}),
                             "without_padding: x has shape [2, 3, 4] and the mask [2]; expected "
                             "[B, T, width] and [B, T]",
                             ShapeError);
        CHECK_THROWS_WITH_AS(hide_padding(Mask{true, false}),
                             "hide_padding: the mask has shape [2]; expected [B, S]", ShapeError);
    }
}
