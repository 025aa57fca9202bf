#include <xtape/ops/masked_fill.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

template <class T, class = void>
constexpr bool takes_as_mask = false;
template <class T>
constexpr bool takes_as_mask<
    T, std::void_t<decltype(masked_fill(std::declval<Variable>(), std::declval<T>(), Real(0)))>> =
    true;

}  // namespace

TEST_SUITE("masked_fill") {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const Array numbers = {{1, 2, 3}, {4, 5, 6}};
    const Mask some = {{true, false, false}, {false, true, true}};

    TEST_CASE("writes a value where the mask is true") {
        CHECK(masked_fill(Variable(numbers), some, 9).value() == Array{{9, 2, 3}, {4, 9, 9}});
        CHECK(masked_fill(Variable(numbers), some, -inf).value() ==
              Array{{-inf, 2, 3}, {4, -inf, -inf}});
        CHECK(
            close(masked_fill(Variable(numbers), some, NAN).value(), {{NAN, 2, 3}, {4, NAN, NAN}}));
    }
    TEST_CASE("repeats the mask along rows, columns and everything") {
        CHECK(masked_fill(Variable(numbers), mask_of({3}, {true, false, true}), 0).value() ==
              Array{{0, 2, 0}, {0, 5, 0}});
        CHECK(masked_fill(Variable(numbers), mask_of({1, 3}, {true, false, true}), 0).value() ==
              Array{{0, 2, 0}, {0, 5, 0}});
        CHECK(masked_fill(Variable(numbers), mask_of({2, 1}, {false, true}), 0).value() ==
              Array{{1, 2, 3}, {0, 0, 0}});
        CHECK(masked_fill(Variable(numbers), mask_of({}, {true}), 0).value() ==
              Array{{0, 0, 0}, {0, 0, 0}});
        CHECK(masked_fill(Variable(numbers), mask_of({}, {false}), 0).value() == numbers);
    }
    TEST_CASE("repeats the mask along axes in the middle") {
        const Array x = random_array({2, 3, 4});
        Array expected = x;
        for (std::size_t i = 0; i < 3; ++i) {
            expected(1, i, 0) = expected(1, i, 3) = 7;
        }
        const Mask mask =
            mask_of({2, 1, 4}, {false, false, false, false, true, false, false, true});
        CHECK(masked_fill(Variable(x), mask, 7).value() == expected);
    }
    TEST_CASE("repeats x where the mask is larger") {
        const Mask mask = mask_of({2, 2}, {true, false, false, true});
        CHECK(masked_fill(Variable(array_of({2, 1}, {1, 2})), mask, 0).value() ==
              Array{{0, 1}, {2, 0}});
        CHECK(masked_fill(Variable(Real(5)), mask, 0).value() == Array{{0, 5}, {5, 0}});
    }
    TEST_CASE("of nothing is nothing") {
        CHECK(masked_fill(Variable(Array::from_shape({0, 3})), mask_of({3}, {true, true, true}), 1)
                  .shape() == Shape{0, 3});
    }
    TEST_CASE("leaves numbers alone that others hold") {
        const Variable x(numbers);
        CHECK(masked_fill(x, some, 0).value() != numbers);
        CHECK(x.value() == numbers);
    }

    TEST_CASE("stops the gradient where the mask is true") {
        const Variable x(numbers);
        Tape tape;
        const Variable y = masked_fill(x, some, 9);
        CHECK(tape.gradients(y, Array{{1, 2, 3}, {4, 5, 6}}, {x})[0].value() ==
              Array{{0, 2, 3}, {4, 0, 0}});
    }
    TEST_CASE("stops nothing, or everything, whatever it writes") {
        for (const Real value : {Real(0), Real(-1e9), -inf, Real(NAN)}) {
            for (const bool all : {false, true}) {
                const Variable x(numbers);
                Tape tape;
                const Variable y = masked_fill(x, Mask(Shape{2, 3}, all), value);
                CHECK(close(y.value(), all ? Array(Shape{2, 3}, value) : numbers));
                const Array g = tape.gradients(y, Array(Shape{2, 3}, 7), {x})[0].value();
                CHECK(g == Array(Shape{2, 3}, all ? 0 : 7));
            }
        }
    }
    TEST_CASE("hides nan and inf on both ways") {
        const Variable x(Array{NAN, inf, 2});
        Tape tape;
        const Variable y = masked_fill(x, Mask{true, true, false}, 0);
        CHECK(y.value() == Array{0, 0, 2});
        CHECK(tape.gradients(y, Array{NAN, -inf, 3}, {x})[0].value() == Array{0, 0, 3});
    }
    TEST_CASE("adds up the gradient of an x that it repeated") {
        const Variable x(array_of({2, 1}, {1, 2}));
        Tape tape;
        const Variable y = masked_fill(x, mask_of({2, 2}, {true, false, false, false}), 0);
        CHECK(tape.gradients(y, Array{{1, 2}, {3, 4}}, {x})[0].value() == array_of({2, 1}, {2, 7}));
    }
    TEST_CASE("does not look at the mask again") {
        const Variable x(numbers);
        Mask mask = some;
        Tape tape;
        const Variable y = masked_fill(x, mask, 9);
        mask.fill(false);
        CHECK(tape.gradients(y, numbers, {x})[0].value() == Array{{0, 2, 3}, {4, 0, 0}});
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const Mask& mask : {some, mask_of({2, 1}, {true, false}), mask_of({3}, {1, 0, 1})}) {
            const Function f = [&](const auto& in) { return masked_fill(in[0], mask, 0.5); };
            CHECK(gradient_check(f, {numbers}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {numbers}, {Stencil::linear}));
        }
    }
    TEST_CASE("with 0 is its own transpose") {  // <fill x, u> = <x, fill u>
        const Array x = random_array({2, 3}, 1);
        const Array u = random_array({2, 3}, 2);
        CHECK(inner_product(masked_fill(Variable(x), some, 0).value(), u) ==
              doctest::Approx(inner_product(x, masked_fill(Variable(u), some, 0).value())));
    }

    TEST_CASE("refuses a mask that does not fit") {
        CHECK_THROWS_WITH_AS(masked_fill(Variable(numbers), mask_of({2}, {true, false}), 0),
                             "masked_fill: shapes [2, 3] and [2] do not broadcast", ShapeError);
    }
    TEST_CASE("refuses, when compiled, numbers in place of a mask") {
        CHECK(takes_as_mask<Mask>);
        CHECK(takes_as_mask<const Mask&>);
        CHECK_FALSE(takes_as_mask<Index>);
        CHECK_FALSE(takes_as_mask<Array>);
    }
}
