#include <xtape/ops/product.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("product") {
    const Array x = {{1, 2, 3}, {4, 5, 6}};

    TEST_CASE("multiplies along an axis") {
        CHECK(product(Variable(x), 1).value() == Array{6, 120});
        CHECK(product(Variable(x), -1, keep_dims).value() == array_of({2, 1}, {6, 120}));
        CHECK(product(Variable(x), 0).value() == Array{4, 10, 18});
    }
    TEST_CASE("multiplies any number of factors") {
        Real factorial = 1;
        Array factors = Array::from_shape({0});
        for (std::size_t n = 0; n < 18; ++n) {
            CHECK(product(Variable(factors), 0).item() == factorial);
            factorial *= static_cast<Real>(n + 1);
            factors = Array::from_shape({n + 1});
            for (std::size_t i = 0; i <= n; ++i) {
                factors(i) = static_cast<Real>(i + 1);
            }
        }
    }
    TEST_CASE("of nothing is 1") {
        const Variable none(Array::from_shape({2, 0}));
        CHECK(product(none, 1).value() == Array{1, 1});
        CHECK(product(none, 1, keep_dims).value() == array_of({2, 1}, {1, 1}));
        CHECK(product(none, 0).shape() == Shape{0});
        Tape tape;
        CHECK(tape.gradients(reduce_sum(product(none, 1)), {none})[0].shape() == Shape{2, 0});
    }
    TEST_CASE("passes nan on") {
        CHECK(close(product(Variable(Array{{0, NAN}, {2, 3}}), 1).value(), Array{NAN, 6}));
    }

    TEST_CASE("returns to each factor the product of the others") {
        const Variable v(x);
        Tape tape;
        const Variable y = product(v, 1);
        CHECK(tape.gradients(y, Array{1, 10}, {v})[0].value() == Array{{6, 3, 2}, {300, 240, 200}});
    }
    TEST_CASE("returns it also where a factor is 0") {
        const Variable v(Array{{0, 2, 3}, {0, 0, 5}});
        Tape tape;
        const Variable y = product(v, 1);
        CHECK(tape.gradients(y, Array{1, 10}, {v})[0].value() == Array{{6, 0, 0}, {0, 0, 0}});
    }

    TEST_CASE("has the right first and second derivatives, with and without zeros") {
        Array with_zeros = random_array({3, 5});
        with_zeros(0, 1) = with_zeros(1, 0) = with_zeros(1, 4) = 0;
        for (const Array& at : {random_array({3, 5}), with_zeros}) {
            for (const std::ptrdiff_t axis : {0, 1}) {
                const Function f = [axis](const auto& in) { return product(in[0], axis); };
                CHECK(gradient_check(f, {at}));
                CHECK(second_gradient_check(f, {at}));
            }
        }
    }
    TEST_CASE("refuses an axis that does not exist") {
        CHECK_THROWS_WITH_AS(product(Variable(x), 2),
                             "product: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
        CHECK_THROWS_AS(product(Variable(Real(1)), 0), AxisError);
    }
}
