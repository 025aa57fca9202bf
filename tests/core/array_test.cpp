#include <xtape/core/array.hpp>

#include <doctest/doctest.h>

#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/misc/xmanipulation.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xview.hpp>
#endif

#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("array") {
    const Array numbers = {{1, 2, 3, 4}, {5, 6, 7, 8}};

    TEST_CASE("of a view has the view's numbers in row-major order") {
        CHECK(same_bits(Array(xt::transpose(numbers)), {{1, 5}, {2, 6}, {3, 7}, {4, 8}}));
        CHECK(same_bits(Array(xt::view(numbers, xt::all(), xt::range(0, 4, 2))), {{1, 3}, {5, 7}}));
        CHECK(same_bits(Array(xt::flip(numbers, 1)), {{4, 3, 2, 1}, {8, 7, 6, 5}}));
        CHECK(same_bits(Array(xt::view(numbers, xt::all(), 1)), {2, 6}));
        CHECK(same_bits(Array(xt::broadcast(Array{1, 2}, {3, 2})), {{1, 2}, {1, 2}, {1, 2}}));
        CHECK(
            same_bits(Array(xt::view(numbers, xt::newaxis(), 1)), array_of({1, 4}, {5, 6, 7, 8})));
    }
    TEST_CASE("of a column-major array is row-major") {
        const xt::xarray<Real, xt::layout_type::column_major> columns = numbers;
        CHECK(same_bits(Array(columns), numbers));
        CHECK(same_bits(Variable(columns).value(), numbers));
    }
    TEST_CASE("of a view of itself is right") {
        Array x = numbers;
        x = xt::transpose(x);
        CHECK(same_bits(x, {{1, 5}, {2, 6}, {3, 7}, {4, 8}}));
    }
    TEST_CASE("is what a variable and a cotangent become of a view") {
        const Variable x(xt::transpose(numbers));
        CHECK(x.shape() == Shape{4, 2});
        Tape tape;
        const Variable y = x * x;
        const Array g = tape.gradients(y, xt::flip(xt::transpose(numbers), 0), {x})[0].value();
        CHECK(g == Array{{8, 80}, {12, 84}, {12, 84}, {8, 80}});
    }
    TEST_CASE("multiplies like its copy, whatever it was a view of") {
        const Variable square(Array{{1, 2}, {3, 4}});
        const Array strided = xt::view(numbers, xt::all(), xt::range(0, 4, 2));
        const Array reversed = xt::flip(numbers, 0);
        const Array repeated = xt::broadcast(Array{1, 2}, {2, 2});
        CHECK(matmul(Variable(strided), square).value() == Array{{10, 14}, {26, 38}});
        CHECK(matmul(square, Variable(reversed)).value() ==
              Array{{7, 10, 13, 16}, {19, 26, 33, 40}});
        CHECK(matmul(square, Variable(repeated)).value() == Array{{3, 6}, {7, 14}});
    }
}

TEST_SUITE("element_count") {
    TEST_CASE("is the product of all extents, 1 for a single number") {
        CHECK(element_count({}) == 1);
        CHECK(element_count({0, 3}) == 0);
        CHECK(element_count({2, 1, 3, 1, 2}) == 12);
    }
}
