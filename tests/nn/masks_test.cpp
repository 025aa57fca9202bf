#include <xtape/nn/masks.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
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
    TEST_CASE("of padding have two axes") {
        CHECK_THROWS_WITH_AS(hide_padding(Mask{true, false}),
                             "hide_padding: the mask has shape [2]; expected [B, S]", ShapeError);
    }
}
