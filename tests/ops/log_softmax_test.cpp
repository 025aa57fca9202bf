#include <xtape/ops/log_softmax.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

const Real log_2 = std::log(Real(2));
const Real log_4 = std::log(Real(4));

}  // namespace

TEST_SUITE("log_softmax") {
    const Array odds = {{0, 0}, {std::log(Real(3)), 0}};  // exp: 1 to 1, 3 to 1

    TEST_CASE("takes the logarithm of the shares of exp x in each row") {
        CHECK(close(log_softmax(Variable(odds), -1).value(),
                    Array{{-log_2, -log_2}, {std::log(Real(0.75)), -log_4}}));
    }
    TEST_CASE("takes them along any axis") {
        const Array columns = {{0, std::log(Real(3))}, {0, 0}};
        CHECK(close(log_softmax(Variable(columns), 0).value(),
                    Array{{-log_2, std::log(Real(0.75))}, {-log_2, -log_4}}));
        const Variable x(random_array({2, 3, 4}));
        const Array y = log_softmax(x, 1).value();
        const Array sums = logsumexp(x, 1, keep_dims).value();
        CHECK(close(y, (x - Variable(sums)).value()));
    }
    TEST_CASE("does not see what is added to a whole row") {
        const Array x = random_array({3, 40});
        for (const Real shift : {Real(1e6), Real(-3e6)}) {
            const Array there = (Variable(x) + shift).value();
            const Array back = (Variable(there) - shift).value();  // without the digits it lost
            CHECK(close(log_softmax(Variable(there), 1).value(),
                        log_softmax(Variable(back), 1).value()));
        }
    }
    TEST_CASE("does not overflow") {
        const Variable x(Array{{1e4, 9999, -1e4}, {-1e4, -1e4, -1e4}, {708, 710, 745}});
        const Real rest = std::log1p(std::exp(Real(-1)));
        CHECK(close(log_softmax(x, 1).value(),
                    Array{{-rest, -1 - rest, -2e4 - rest},
                          {-std::log(Real(3)), -std::log(Real(3)), -std::log(Real(3))},
                          {-37, -35, -std::exp(Real(-35))}}));
    }
    TEST_CASE("of a single number is exactly 0, and so is its gradient") {
        const Variable x(array_of({3, 1}, {3, -1e4, 1e300}));
        Tape tape;
        const Variable y = log_softmax(x, 1);
        CHECK(y.value() == array_of({3, 1}, {0, 0, 0}));
        CHECK(tape.gradients(y, array_of({3, 1}, {0.1, 2, -7}), {x})[0].value() ==
              array_of({3, 1}, {0, 0, 0}));
    }
    TEST_CASE("of no rows is empty") {
        CHECK(log_softmax(Variable(Array::from_shape({0, 3})), 1).shape() == Shape{0, 3});
        CHECK(log_softmax(Variable(Array::from_shape({3, 0})), 0).shape() == Shape{3, 0});
    }
    TEST_CASE("leaves the others finite where one is -inf") {
        const Array y = log_softmax(Variable(Array{{-INFINITY, 0, 0}}), 1).value();
        CHECK(close(y, Array{{-INFINITY, -log_2, -log_2}}));
    }
    TEST_CASE("is nan where a row has no finite sum, and only there") {
        const Array x = {{-INFINITY, -INFINITY}, {INFINITY, 0}, {NAN, 0}, {0, NAN}, {0, 0}};
        CHECK(close(log_softmax(Variable(x), 1).value(),
                    Array{{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {NAN, NAN}, {-log_2, -log_2}}));
    }
    TEST_CASE("finds a nan wherever it stands in a row") {
        for (std::size_t place = 0; place < 41; ++place) {
            Array x = random_array({1, 41});
            x.data()[place] = NAN;
            const Array y = log_softmax(Variable(x), 1).value();
            CHECK(close(y, Array({1, 41}, NAN)));
        }
    }

    TEST_CASE("returns g less the shares of its sum") {  // p = 1/2, 1/2 and 3/4, 1/4
        const Variable x(odds);
        Tape tape;
        const Variable y = log_softmax(x, 1);
        CHECK(close(tape.gradients(y, Array{{2, 4}, {4, 0}}, {x})[0].value(),
                    Array{{-1, 1}, {1, -1}}));
    }
    TEST_CASE("returns gradients that sum to nothing in every row") {
        const Variable x(random_array({5, 1000}, -3, 3));
        Tape tape;
        const Variable y = log_softmax(x, 1);
        const Variable g = tape.gradients(y, random_array({5, 1000}, 2), {x})[0];
        CHECK(close(reduce_sum(g, {1}).value(), Array({5}, 0)));
    }
    TEST_CASE("returns a finite gradient where an x is -inf") {  // p = 0, 1/2, 1/2
        const Variable x(Array{{-INFINITY, 0, 0}});
        Tape tape;
        const Variable y = log_softmax(x, 1);
        CHECK(close(tape.gradients(y, Array{{1, 2, 3}}, {x})[0].value(), Array{{1, -1, 0}}));
    }
    TEST_CASE("leaves its input alone") {
        const Variable x(odds);
        log_softmax(x, 1);
        CHECK(x.value() == odds);
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {-1, 0, 1}) {
            const Function f = [axis](const auto& in) { return log_softmax(in[0], axis); };
            CHECK(gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
            CHECK(second_gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
        }
    }
    TEST_CASE("has the right third derivative") {
        const Function slope = [](const auto& in) {
            Tape tape;
            return tape.gradients(log_softmax(in[0], 1), in[1], {in[0]})[0];
        };
        CHECK(second_gradient_check(slope, {random_array({2, 3}), random_array({2, 3}, 2)}));
    }

    TEST_CASE("refuses an axis without numbers, or that does not exist") {
        CHECK_THROWS_WITH_AS(log_softmax(Variable(Array::from_shape({2, 0})), -1),
                             "log_softmax: axis -1 of shape [2, 0] is empty; probabilities of "
                             "nothing cannot sum to 1",
                             ShapeError);
        CHECK_THROWS_WITH_AS(log_softmax(Variable(odds), 2),
                             "log_softmax: axis 2 is outside [-2, 2) of shape [2, 2]", AxisError);
        CHECK_THROWS_AS(log_softmax(Variable(Real(1)), -1), AxisError);
    }
}

TEST_SUITE("logsumexp") {
    const Array odds = {{0, 0}, {std::log(Real(3)), 0}};

    TEST_CASE("sums where exp lives") {
        CHECK(close(logsumexp(Variable(odds), 1).value(), Array{log_2, log_4}));
        CHECK(close(logsumexp(Variable(odds), -1, keep_dims).value(),
                    array_of({2, 1}, {log_2, log_4})));
        CHECK(close(logsumexp(Variable(odds), 0).value(), Array{log_4, log_2}));
    }
    TEST_CASE("reduces any axis") {
        const Variable x(random_array({2, 3, 4}));
        CHECK(logsumexp(x, 0).shape() == Shape{3, 4});
        CHECK(logsumexp(x, 1).shape() == Shape{2, 4});
        CHECK(logsumexp(x, 1, keep_dims).shape() == Shape{2, 1, 4});
    }
    TEST_CASE("does not overflow") {
        const Variable x(Array{{1e4, 1e4}, {-1e4, -1e4}});
        CHECK(close(logsumexp(x, 1).value(), Array{1e4 + log_2, -1e4 + log_2}));
    }
    TEST_CASE("of nothing, and of -inf, is -inf") {
        CHECK(logsumexp(Variable(Array::from_shape({2, 0})), 1).value() ==
              Array{-INFINITY, -INFINITY});
        CHECK(logsumexp(Variable(Array{{-INFINITY, -INFINITY}}), 1).value() ==
              array_of({1}, {-INFINITY}));
        CHECK(logsumexp(Variable(Array::from_shape({0, 3})), 1).shape() == Shape{0});
    }
    TEST_CASE("of inf is inf, and of nan is nan") {
        CHECK(close(logsumexp(Variable(Array{{INFINITY, 0}, {NAN, 0}, {INFINITY, NAN}}), 1).value(),
                    Array{INFINITY, NAN, NAN}));
    }
    TEST_CASE("returns to each its share") {  // 1/2, 1/2 and 3/4, 1/4
        const Variable x(odds);
        Tape tape;
        const Variable y = logsumexp(x, 1);
        CHECK(close(tape.gradients(y, Array{2, 4}, {x})[0].value(), Array{{1, 1}, {3, 1}}));
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const std::ptrdiff_t axis : {-1, 0, 1}) {
            for (const bool keep : {false, true}) {
                const Function f = [=](const auto& in) { return logsumexp(in[0], axis, keep); };
                CHECK(gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
                CHECK(second_gradient_check(f, {random_array({2, 3, 5}, -2, 2)}));
            }
        }
    }
    TEST_CASE("refuses an axis that does not exist") {
        CHECK_THROWS_WITH_AS(logsumexp(Variable(odds), -3),
                             "logsumexp: axis -3 is outside [-2, 2) of shape [2, 2]", AxisError);
    }
    TEST_CASE("comes in two parts, which keep digits that the whole would lose") {
        const Variable x(Array{{1e8, 1e8 - 30}});
        const auto [top, above] = log_sum(x);
        CHECK(top.value() == array_of({1, 1}, {1e8}));
        CHECK(above.value()(0, 0) == doctest::Approx(std::exp(-30)).epsilon(1e-12));
        CHECK(log_sum(Variable(Array({1, 2}, -INFINITY))).top.value() == Array({1, 1}, 0));
        CHECK_THROWS_WITH_AS(log_sum(Variable(Real(1))),
                             "log_sum: a single number has no axis to sum over", AxisError);
    }
    TEST_CASE("is differentiated through the part above; the top is a constant") {
        const Function f = [](const auto& in) { return log_sum(in[0]).above; };
        const auto g = [&] {
            const Variable x(odds);
            Tape tape;
            return tape.gradients(f({x}), array_of({2, 1}, {1, 4}), {x})[0].value();
        }();
        CHECK(close(g, Array{{0.5, 0.5}, {3, 1}}));
        CHECK(second_gradient_check([](const auto& in) { return logsumexp(in[0], 1); },
                                    {random_array({3, 7})}));
    }
    TEST_CASE("adds into a gradient that is there") {
        const Variable x(random_array({3, 19}));
        const Array g = random_array({3, 1}, 2);
        Tape tape;
        const Variable y = logsumexp(x, 1, keep_dims);
        const Variable fresh = tape.gradients(y, g, {x}, Keep::yes)[0];
        const Array start = random_array({3, 19}, 3);
        const auto sums = tape.add_gradients(y, Variable(g), {x}, {Variable(start)});
        CHECK(close(sums[0].value(), (fresh + Variable(start)).value(), 1e-15));
    }
}
