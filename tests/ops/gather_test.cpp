#include <xtape/ops/gather.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("gather") {
    const Array scores = {{0.1, 0.2, 0.3}, {0.4, 0.5, 0.6}};
    const Index labels = index_of({2, 1}, {2, 0});

    TEST_CASE("picks one element per row") {
        CHECK(gather(Variable(scores), -1, labels).value() == array_of({2, 1}, {0.3, 0.4}));
    }
    TEST_CASE("picks along any axis, as often as it is told") {
        const Index rows = {{1, 0, 1}, {1, 1, 1}, {0, 0, 0}};
        CHECK(gather(Variable(scores), 0, rows).value() ==
              Array{{0.4, 0.2, 0.6}, {0.4, 0.5, 0.6}, {0.1, 0.2, 0.3}});
    }
    TEST_CASE("may look at fewer rows than there are") {
        CHECK(gather(Variable(scores), 1, index_of({1, 1}, {1})).value() ==
              array_of({1, 1}, {0.2}));
    }
    TEST_CASE("of nothing is empty") {
        const Index none = Index::from_shape({2, 0});
        CHECK(gather(Variable(scores), 1, none).shape() == Shape{2, 0});
        const Variable empty(Array::from_shape({0, 3}));
        CHECK(gather(empty, 1, Index::from_shape({0, 1})).shape() == Shape{0, 1});
        CHECK_THROWS_AS(gather(empty, 0, index_of({1, 3}, {0, 0, 0})), IndexError);
    }

    TEST_CASE("returns each gradient to where the element was picked up") {
        const Variable x(scores);
        Tape tape;
        const Variable loss = reduce_sum(gather(x, 1, labels));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{0, 0, 1}, {1, 0, 0}});
    }
    TEST_CASE("adds the gradients of what was picked twice") {
        const Variable x(scores);
        Tape tape;
        const Variable loss = reduce_sum(gather(x, 1, Index{{1, 1, 1}, {0, 2, 0}}));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{0, 3, 0}, {2, 0, 1}});
    }
    TEST_CASE("leaves what was not picked without a gradient") {
        const Variable x(scores);
        Tape tape;
        const Variable first_row = gather(x, 1, index_of({1, 2}, {1, 1}));
        const Variable nothing = gather(x, 1, Index::from_shape({2, 0}));
        const Variable loss = reduce_sum(first_row) + reduce_sum(nothing);
        CHECK(tape.gradients(loss, {x}, Keep::yes)[0].value() == Array{{0, 2, 0}, {0, 0, 0}});
        CHECK(tape.gradients(reduce_sum(nothing), {x})[0].shape() == Shape{2, 3});
    }
    TEST_CASE("adds into a gradient that is already there") {
        const Variable x(scores);
        Tape tape;
        const Variable picked = gather(x, 1, labels);
        const Variable loss = reduce_sum(picked) + reduce_sum(scale(x, 10));
        CHECK(tape.gradients(loss, {x})[0].value() == Array{{10, 10, 11}, {11, 10, 10}});
    }

    TEST_CASE("has the right first and second derivatives") {
        const Index index = {{1, 1, 0}, {2, 0, 2}};
        for (const std::ptrdiff_t axis : {1, -1}) {
            const Function f = [&](const auto& in) { return gather(in[0], axis, index); };
            CHECK(gradient_check(f, {scores}, {Stencil::linear}));
            CHECK(second_gradient_check(f, {scores}, {Stencil::linear}));
        }
    }
    TEST_CASE("is the transpose of scatter_add") {  // <gather x, u> = <x, scatter_add u>
        const Array x = random_array({2, 3, 4}, 1);
        const Array u = random_array({2, 5, 4}, 2);
        Index index = Index::from_shape({2, 5, 4});
        for (std::size_t i = 0; i < index.size(); ++i) {
            index.data()[i] = static_cast<std::int64_t>(i * i % 3);
        }
        CHECK(inner_product(gather(Variable(x), 1, index).value(), u) ==
              doctest::Approx(
                  inner_product(x, scatter_add(Variable(u), 1, index, {2, 3, 4}).value())));
    }

    TEST_CASE("names the index that is wrong") {
        const Variable x(scores);
        for (const std::int64_t wrong : {std::int64_t{3}, std::int64_t{-1}, std::int64_t{1} << 32,
                                         std::numeric_limits<std::int64_t>::max()}) {
            const Index index = index_of({2, 1}, {2, wrong});
            CHECK_THROWS_WITH_AS(
                gather(x, 1, index),
                text("gather: index ", wrong, " at [1, 0] is outside [0, 3)").c_str(), IndexError);
        }
    }
    TEST_CASE("names the shapes that do not fit") {
        CHECK_THROWS_WITH_AS(gather(Variable(scores), 1, Index{2, 0}),
                             "gather: the index has shape [2] and the array [2, 3]; it needs the "
                             "same rank and, but for axis 1, extents that are not larger",
                             ShapeError);
        CHECK_THROWS_AS(gather(Variable(scores), 1, index_of({3, 1}, {0, 0, 0})), ShapeError);
    }
    TEST_CASE("names the axis that does not exist") {
        CHECK_THROWS_WITH_AS(gather(Variable(scores), 2, labels),
                             "gather: axis 2 is outside [-2, 2) of shape [2, 3]", AxisError);
        CHECK_THROWS_AS(gather(Variable(scores), -3, labels), AxisError);
        CHECK_THROWS_AS(gather(Variable(Real(1)), 0, Index()), AxisError);
    }
}

TEST_SUITE("scatter_add") {
    TEST_CASE("adds what meets in one place") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(scatter_add(x, 1, Index{{0, 0, 1}, {3, 3, 3}}, {2, 4}).value() ==
              Array{{3, 3, 0, 0}, {0, 0, 0, 15}});
    }
    TEST_CASE("returns to every element the gradient of its place") {
        const Variable x(Array{1, 2, 3});
        Tape tape;
        const Variable y = scatter_add(x, 0, Index{1, 1, 0}, {2});
        CHECK(tape.gradients(y, Array{10, 20}, {x})[0].value() == Array{20, 20, 10});
    }
    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) {
            return scatter_add(in[0], 0, Index{{1, 0}, {1, 1}, {3, 0}}, {4, 2});
        };
        CHECK(gradient_check(f, {random_array({3, 2})}, {Stencil::linear}));
        CHECK(second_gradient_check(f, {random_array({3, 2})}, {Stencil::linear}));
    }
    TEST_CASE("refuses what does not fit") {
        const Variable x(Array{1, 2, 3});
        CHECK_THROWS_WITH_AS(scatter_add(x, 0, Index{1, 1}, {2}),
                             "scatter_add: the array has shape [3] and the index [2]; they must "
                             "be equal",
                             ShapeError);
        CHECK_THROWS_WITH_AS(scatter_add(x, 0, Index{1, 2, 0}, {2}),
                             "scatter_add: index 2 at [1] is outside [0, 2)", IndexError);
        CHECK_THROWS_AS(scatter_add(x, 1, Index{0, 0, 0}, {2}), AxisError);
    }
}
