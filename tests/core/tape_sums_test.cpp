#include <xtape/core/tape.hpp>

#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/reduce_sum.hpp>

using namespace xtape;

TEST_SUITE("tape, adding up,") {
    TEST_CASE("adds gradients to what is there, in place where nobody else sees it") {
        const Variable x(Array{1, 2});
        const Variable unused(Array{3});
        const Variable one(Real(1));
        std::vector<Variable> sums = {Variable(Array{10, 20}), Variable(Array{30})};
        const Real* const place = sums[0].value().data();
        for (int step = 0; step < 2; ++step) {
            Tape tape;
            const Variable y = reduce_sum(x * x);
            sums = tape.add_gradients(y, one, {x, unused}, std::move(sums));
        }
        CHECK(sums[0].value() == Array{14, 28});
        CHECK(sums[1].value() == Array{30});
        CHECK(sums[0].value().data() == place);
    }
    TEST_CASE("adds gradients without changing a sum that others hold") {
        const Variable x(Array{1, 2});
        const Variable kept(Array{10, 20});
        Tape tape;
        const Variable y = gather(x, 0, {1});
        const auto sums = tape.add_gradients(y, Variable(Array{5}), {x}, {kept});
        CHECK(sums[0].value() == Array{10, 25});
        CHECK(kept.value() == Array{10, 20});
    }
    TEST_CASE("refuses sums that do not fit their sources") {
        const Variable x(Array{1, 2});
        const Variable one(Real(1));
        Tape tape;
        const Variable square = x * x;
        const Variable y = reduce_sum(square);
        const auto add = [&](const std::vector<Variable>& sources, std::vector<Variable> sums) {
            tape.add_gradients(y, one, sources, std::move(sums), Keep::yes);
        };
        const Variable zeros(Array{0, 0});
        CHECK_THROWS_WITH_AS(add({x}, {}), "Tape: there are 0 sums for 1 sources; each needs one",
                             ValueError);
        CHECK_THROWS_WITH_AS(add({x}, {one}),
                             "Tape: sum 0 has shape [] and its source [2]; they must be equal",
                             ShapeError);
        CHECK_THROWS_WITH_AS(add({x, x}, {zeros, zeros}),
                             "Tape: source 1 is named twice; gradients are added up for different "
                             "inputs",
                             TapeError);
        CHECK_THROWS_WITH_AS(add({square}, {zeros}),
                             "Tape: source 0 is a result on this tape; gradients are added up for "
                             "different inputs",
                             TapeError);
        CHECK(tape.gradients(y, {x})[0].value() == Array{2, 4});
    }
}
