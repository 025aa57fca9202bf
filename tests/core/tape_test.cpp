#include <xtape/core/tape.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("tape") {
    TEST_CASE("sums the gradients of a variable that is used twice") {  // y = 3x; 2y + 5y
        const Variable x(Real(1));
        Tape tape;
        const Variable y = scale(x, 3);
        CHECK(tape.gradients(scale(y, 2) + scale(y, 5), {x})[0].item() == 21);
    }
    TEST_CASE("counts every use") {
        for (const int uses : {1, 2, 3, 4, 5, 8, 9, 16, 17, 33}) {
            const Variable x(Real(2));
            Tape tape;
            Variable y = scale(x, 1);
            for (int i = 1; i < uses; ++i) {
                y = y + x;
            }
            CHECK(tape.gradients(y, {x})[0].item() == uses);
        }
    }
    TEST_CASE("walks 2^60 paths in sixty steps") {
        const Variable x(Real(1));
        Tape tape;
        Variable y = x;
        for (int i = 0; i < 60; ++i) {
            y = y + y;
        }
        CHECK(tape.gradients(y, {x})[0].item() == static_cast<Real>(std::int64_t{1} << 60));
    }
    TEST_CASE("differentiates again when nested") {  // x^3 -> 3 x^2 -> 6 x
        const Variable x(Real(2));
        Tape outer;
        const Variable slope = [&x] {
            Tape inner;
            return inner.gradients(x * x * x, {x})[0];
        }();
        CHECK(slope.item() == 12);
        CHECK(outer.gradients(slope, {x})[0].item() == 12);
    }
    TEST_CASE("differentiates as often as tapes nest") {  // x^4: 24 x for the third
        const Variable x(Real(2));
        Tape first;
        Tape second;
        Tape third;
        const Variable d1 = third.gradients(x * x * x * x, {x})[0];
        const Variable d2 = second.gradients(d1, {x})[0];
        CHECK(d1.item() == 32);
        CHECK(d2.item() == 48);
        CHECK(first.gradients(d2, {x})[0].item() == 48);
    }
    TEST_CASE("holds a million operations, and neither recursion nor search") {
        const Variable x(Real(1));
        Tape tape;
        Variable y = x;
        for (int i = 0; i < 1000000; ++i) {
            y = y + x;
        }
        CHECK(tape.gradients(y, {x})[0].item() == 1000001);
    }
    TEST_CASE("gives the gradients of a hundred thousand sources at once") {
        const std::vector<Variable> sources = [] {
            std::vector<Variable> variables;
            for (int i = 0; i < 100000; ++i) {
                variables.emplace_back(Real(i));
            }
            return variables;
        }();
        Tape tape;
        Variable sum = sources[0];
        for (std::size_t i = 1; i < sources.size(); ++i) {
            sum = sum + sources[i];
        }
        const auto gradients = tape.gradients(sum, sources);
        CHECK(std::all_of(gradients.begin(), gradients.end(),
                          [](const Variable& g) { return g.item() == 1; }));
    }
    TEST_CASE("gives zeros for what the loss does not depend on") {
        const Variable x(Array{1, 2});
        const Variable unused(Array{{1, 2, 3}});
        Tape tape;
        const auto g = tape.gradients(reduce_sum(x), {unused, x, unused});
        CHECK(g[0].value() == Array{{0, 0, 0}});
        CHECK(g[1].value() == Array{1, 1});
        CHECK(g[2].shape() == Shape{1, 3});
    }
    TEST_CASE("computes nothing that nobody asked for") {
        const Variable x(Array{1, 2});
        const Variable constant(Array{3, 4});
        int calls = 0;
        Tape tape;
        const Variable doubled =
            record("Double", Array{6, 8}, Input{constant, [&](Variable g) {
                                                    ++calls;
                                                    return scale(std::move(g), 2);
                                                }});
        const Variable product = record(
            "Product", Array{6, 16}, Input{x, [doubled](const Variable& g) { return g * doubled; }},
            Input{doubled, [&, x](const Variable& g) {
                      ++calls;
                      return g * x;
                  }});
        CHECK(tape.gradients(reduce_sum(product), {x}, Keep::yes)[0].value() == Array{6, 8});
        CHECK(calls == 0);
        tape.gradients(reduce_sum(product), {constant});
        CHECK(calls == 2);
    }
    TEST_CASE("gives gradients of intermediate results, too") {
        const Variable x(Real(3));
        Tape tape;
        const Variable y = x * x;
        const Variable z = y * y;
        const auto g = tape.gradients(z, {y, x, z});
        CHECK(g[0].item() == 18);
        CHECK(g[1].item() == 108);
        CHECK(g[2].item() == 1);
    }
    TEST_CASE("takes a cotangent for an output that is not a number") {
        const Variable x(Array{1, 2, 3});
        Tape tape;
        const Variable y = x * x;
        CHECK(tape.gradients(y, Variable(Array{1, 10, 100}), {x})[0].value() == Array{2, 40, 600});
    }
    TEST_CASE("gives exact zeros for a cotangent of zeros, and keeps nan to its place") {
        const Variable x(Array{0.1, 0.2, 0.3});
        const auto gradient_for = [&x](const Array& g) {
            Tape tape;
            return tape.gradients(exp(x) * x, g, {x})[0].value();
        };
        CHECK(gradient_for(Array{0, 0, 0}) == Array{0, 0, 0});
        const Array g = gradient_for(Array{1, std::numeric_limits<Real>::quiet_NaN(), 1});
        CHECK(g(0) == gradient_for(Array{1, 1, 1})(0));
        CHECK(std::isnan(g(1)));
        CHECK(g(2) == gradient_for(Array{1, 1, 1})(2));
    }
    TEST_CASE("gives a gradient the shape of its source, be it (), (1) or (1, 1)") {
        for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1}}) {
            const Variable x(Array(shape, 3));
            const Variable other(array_of({1}, {2}));
            Tape tape;
            const auto g = tape.gradients(x * other, {x, other});
            CHECK(g[0].value() == Array(shape, 2));
            CHECK(g[1].value() == array_of({1}, {3}));
        }
    }
    TEST_CASE("adds into no gradient that another variable shares") {
        const Variable a(Array{1, 2});
        const Variable b(Array{3, 4});
        Tape tape;
        const Variable picked = gather(a, 0, index_of({1}, {1}));
        const Variable sum = a + b;  // read first: both get the same g, and then a gets more
        const auto g = tape.gradients(reduce_sum(picked) + reduce_sum(sum), {a, b});
        CHECK(g[0].value() == Array{1, 2});
        CHECK(g[1].value() == Array{1, 1});
    }
    TEST_CASE("gives gradients that nobody shares") {
        const Variable a(Array{1, 2});
        const Variable b(Array{3, 4});
        Tape tape;
        auto g = tape.gradients(reduce_sum(a + b), {a, b});
        g[0].assign(Array{7, 7});
        CHECK(g[1].value() == Array{1, 1});
    }
    TEST_CASE("refuses a loss that it did not see") {
        const Variable x(Array{1, 2});
        const Variable loss = reduce_sum(x);
        Tape tape;
        CHECK_THROWS_WITH_AS(
            tape.gradients(loss, {x}),
            "Tape: the loss is not on this tape; open the tape before computing the loss",
            TapeError);
        CHECK(tape.gradients(reduce_sum(x), {x})[0].value() == Array{1, 1});  // still usable
    }
    TEST_CASE("refuses outputs and cotangents of the wrong shape") {
        const Variable x(Array{{1, 2}});
        Tape tape;
        const Variable y = scale(x, 2);
        CHECK_THROWS_WITH_AS(tape.gradients(y, {x}),
                             "Tape: gradients start from a single number, not from shape [1, 2]; "
                             "reduce it first, e.g. with reduce_sum, or pass a cotangent of that "
                             "shape",
                             ShapeError);
        CHECK_THROWS_WITH_AS(tape.gradients(y, Array{1, 2}, {x}),
                             "Tape: the cotangent has shape [2] and the output [1, 2]; they must "
                             "be equal",
                             ShapeError);
        for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1}, Shape{2, 1}, Shape{1, 3}}) {
            CHECK_THROWS_AS(tape.gradients(y, Array(shape, 1), {x}), ShapeError);  // none repeats
        }
        CHECK(tape.gradients(y, Array{{1, 1}}, {x})[0].value() == Array{{2, 2}});
    }
    TEST_CASE("records nothing of an operation that was refused") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable y = scale(x, 2);
        CHECK_THROWS_AS(x + Variable(Array{1, 2, 3}), ShapeError);
        CHECK(tape.notes().size() == 1);
        CHECK(tape.gradients(reduce_sum(y), {x})[0].value() == Array{2, 2});
    }
    TEST_CASE("names the rule that returns the wrong shape") {
        const Variable x(Array{1, 2, 3});
        Tape tape;
        const Variable y =
            record("Total", Array(Shape{}, 6), Input{x, [](Variable g) { return g; }});
        CHECK_THROWS_WITH_AS(tape.gradients(y, {x}),
                             "Total: a pullback returned shape [] for an input of shape [3]; "
                             "dL/dx has the shape of x",
                             ShapeError);
    }
    TEST_CASE("refuses an output that is not new") {
        const Variable x(Array{1, 2});
        Tape tape;
        const auto same = [](Variable g) { return g; };
        const Variable y = scale(x, 2);
        CHECK_THROWS_WITH_AS(record("Same", x, Input{x, same}),
                             "Same: its output is an input or on a tape already; record a new "
                             "variable",
                             TapeError);
        CHECK_THROWS_AS(record("Again", y, Input{x, same}), TapeError);
        CHECK(tape.gradients(reduce_sum(y), {x})[0].value() == Array{2, 2});
    }
    TEST_CASE("may be opened by a pullback") {
        const Variable x(Real(3));
        Tape tape;
        const Variable y = record("Cube", Array(Shape{}, 27), Input{x, [x](Variable g) {
                                                                        Tape inner;
                                                                        return inner.gradients(
                                                                            x * x * x, g, {x})[0];
                                                                    }});
        const Variable z = scale(y, 2);
        CHECK(tape.gradients(z, {x})[0].item() == 54);
    }
}
