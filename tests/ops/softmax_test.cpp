#include <xtape/ops/softmax.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("softmax") {
    const Array odds = {{0, 0}, {std::log(Real(3)), 0}};  // exp: 1 to 1, 3 to 1

    TEST_CASE("shares 1 among the numbers of each row as exp x does") {
        CHECK(close(softmax(Variable(odds), -1).value(), Array{{0.5, 0.5}, {0.75, 0.25}}));
    }
    TEST_CASE("shares along any axis") {
        const Array columns = {{0, std::log(Real(3))}, {0, 0}};
        CHECK(close(softmax(Variable(columns), 0).value(), Array{{0.5, 0.75}, {0.5, 0.25}}));
        for (const std::ptrdiff_t axis : {0, 1, 2}) {
            const Variable y = reduce_sum(softmax(Variable(random_array({2, 3, 4})), axis), {axis});
            CHECK(close(y.value(), Array(y.shape(), 1)));
        }
    }
    TEST_CASE("does not overflow") {
        const Variable x(Array{{1e4, 1e4, -1e4}, {-1e4, -1e4, -1e4}});
        CHECK(close(softmax(x, 1).value(),
                    Array{{0.5, 0.5, 0}, {Real(1) / 3, Real(1) / 3, Real(1) / 3}}));
    }
    TEST_CASE("of a single number is exactly 1, and its gradient 0") {
        const Variable x(array_of({2, 1}, {3, -1e4}));
        Tape tape;
        const Variable y = softmax(x, 1);
        CHECK(y.value() == array_of({2, 1}, {1, 1}));
        CHECK(tape.gradients(y, array_of({2, 1}, {0.1, -7}), {x})[0].value() ==
              array_of({2, 1}, {0, 0}));
    }
    TEST_CASE("of no rows is empty") {
        CHECK(softmax(Variable(Array::from_shape({0, 3})), 1).shape() == Shape{0, 3});
    }
    TEST_CASE("gives exactly nothing to what is masked by -inf") {
        const Variable x(Array{{-INFINITY, 0, -INFINITY, 0}});
        Tape tape;
        const Variable y = softmax(x, 1);
        CHECK(close(y.value(), Array{{0, 0.5, 0, 0.5}}, 0));
        CHECK(tape.gradients(y, Array{{8, 1, -8, 3}}, {x})[0].value() == Array{{0, -0.5, 0, 0.5}});
    }
    TEST_CASE("is nan where a row has no finite sum, and only there") {
        const Array x = {{-INFINITY, -INFINITY}, {INFINITY, 0}, {NAN, 0}, {0, NAN}, {0, 0}};
        CHECK(close(softmax(Variable(x), 1).value(),
                    Array{{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {0.5, 0.5}}));
    }

    TEST_CASE("returns what each gradient has above the mean") {  // s = 3 and s = 3
        const Variable x(odds);
        Tape tape;
        const Variable y = softmax(x, 1);
        CHECK(close(tape.gradients(y, Array{{2, 4}, {4, 0}}, {x})[0].value(),
                    Array{{-0.5, 0.5}, {0.75, -0.75}}));
    }
    TEST_CASE("leaves its input alone") {
        const Variable x(odds);
        softmax(x, 1);
        CHECK(x.value() == odds);
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {-1, 0, 1}) {
            const Function f = [axis](const auto& in) { return softmax(in[0], axis); };
            CHECK(gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
            CHECK(second_gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
        }
    }
    TEST_CASE("has the right third derivative") {
        const Function slope = [](const auto& in) {
            Tape tape;
            return tape.gradients(softmax(in[0], 1), in[1], {in[0]})[0];
        };
        CHECK(second_gradient_check(slope, {random_array({2, 3}), random_array({2, 3}, 2)}));
    }

    TEST_CASE("refuses an axis without numbers, or that does not exist") {
        CHECK_THROWS_WITH_AS(softmax(Variable(Array::from_shape({2, 0})), -1),
                             "softmax: axis -1 of shape [2, 0] is empty; probabilities of nothing "
                             "cannot sum to 1",
                             ShapeError);
        CHECK_THROWS_WITH_AS(softmax(Variable(odds), 2),
                             "softmax: axis 2 is outside [-2, 2) of shape [2, 2]", AxisError);
        CHECK_THROWS_AS(softmax(Variable(Real(1)), 0), AxisError);
    }
}

TEST_SUITE("prefix_softmax") {
    const Real log3 = std::log(Real(3));
    const Array x = {{log3, 0, 7}, {log3, 0, 0}, {NAN, 2, NAN}};
    const Index counts = {2, 3, 0};

    TEST_CASE("shares 1 among the first numbers of each row") {
        CHECK(close(prefix_softmax(Variable(x), counts).value(),
                    Array{{0.75, 0.25, 0}, {0.6, 0.2, 0.2}, {0, 0, 0}}));
    }
    TEST_CASE("takes numbers times c") {
        CHECK(close(prefix_softmax(Variable(x), counts, 2).value(),
                    Array{{0.9, 0.1, 0}, {9.0 / 11, 1.0 / 11, 1.0 / 11}, {0, 0, 0}}));
    }
    TEST_CASE("is softmax of x times c where the rest is -inf") {
        const Array numbers = random_array({2, 3, 19}, -5, 5);
        const Index some = {{19, 1, 16}, {17, 3, 18}};
        Array masked = numbers;
        for (std::size_t i = 0; i < masked.size(); ++i) {
            const auto j = static_cast<std::int64_t>(i % 19);
            masked.data()[i] = j < some.data()[i / 19] ? masked.data()[i] / 4 : -INFINITY;
        }
        CHECK(close(prefix_softmax(Variable(numbers), some, 0.25).value(),
                    softmax(Variable(masked), -1).value(), 1e-15));
    }
    TEST_CASE("does not overflow, and reads nothing that does not count") {
        const Variable y =
            prefix_softmax(Variable(Array{{1e4, 1e4, NAN}, {-1e4, INFINITY, 0}}), Index{2, 1}, 10);
        CHECK(y.value() == Array{{0.5, 0.5, 0}, {1, 0, 0}});
    }
    TEST_CASE("of no rows, and of empty ones, is empty") {
        CHECK(prefix_softmax(Variable(Array::from_shape({0, 3})), Index::from_shape({0})).shape() ==
              Shape{0, 3});
        CHECK(prefix_softmax(Variable(Array::from_shape({2, 0})), Index{0, 0}).shape() ==
              Shape{2, 0});
    }

    TEST_CASE("returns what each gradient has above the mean, times c") {  // s = 0.9 + 0.2 = 1.1
        const Variable in(x);
        Tape tape;
        const Variable y = prefix_softmax(in, counts, 2);
        const Array g = {{1, 2, 5}, {0, 11, 0}, {1, 2, 3}};
        CHECK(close(tape.gradients(y, g, {in})[0].value(),
                    Array{{-0.18, 0.18, 0}, {-18.0 / 11, 20.0 / 11, -2.0 / 11}, {0, 0, 0}}));
    }
    TEST_CASE("leaves its input alone") {
        const Variable in(random_array({3, 3}));
        const Array before = in.value();
        prefix_softmax(in, counts);
        CHECK(in.value() == before);
    }
    TEST_CASE("has the right first, second and third derivatives") {
        const Function f = [&](const auto& in) { return prefix_softmax(in[0], counts, 0.7); };
        CHECK(gradient_check(f, {random_array({3, 3}, -2, 2)}));
        CHECK(second_gradient_check(f, {random_array({3, 3}, -2, 2)}));
        const Function slope = [&](const auto& in) {
            Tape tape;
            return tape.gradients(prefix_softmax(in[0], counts, 0.7), in[1], {in[0]})[0];
        };
        CHECK(second_gradient_check(slope, {random_array({3, 3}), random_array({3, 3}, 2)}));
    }

    TEST_CASE("refuses counts that do not fit, and a c that is not positive") {
        const Variable in(random_array({3, 3}));
        CHECK_THROWS_WITH_AS(prefix_softmax(in, Index{1, 2}),
                             "prefix_softmax: the array has shape [3, 3] and the counts [2]; they "
                             "must be equal, but for the array's last axis",
                             ShapeError);
        CHECK_THROWS_AS(prefix_softmax(Variable(Real(1)), index_of({}, {1})), ShapeError);
        for (const std::int64_t wrong : {4, -1}) {
            CHECK_THROWS_WITH_AS(
                prefix_softmax(in, Index{1, 3, wrong}),
                text("prefix_softmax: count ", wrong, " at [2] is outside [0, 3]").c_str(),
                IndexError);
        }
        CHECK_THROWS_WITH_AS(prefix_softmax(in, counts, 0),
                             "prefix_softmax: c is 0; it must be positive", ValueError);
        CHECK_THROWS_AS(prefix_softmax(in, counts, Real(NAN)), ValueError);
    }
}
