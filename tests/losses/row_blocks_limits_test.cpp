// What must not matter to row blocks, and what they refuse.

#include <xtape/losses/row_blocks.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/losses/row_blocks_cases.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

/// Counts the rows and the blocks that a loss sees.
struct Count {
    std::atomic<std::size_t> rows{0}, blocks{0}, most{0};

    RowLoss loss() {
        return [this](const Variable& scores, const Index& classes) {
            const std::size_t n = scores.shape()[0];
            rows += n;
            ++blocks;
            most = std::max<std::size_t>(most, n);
            return criterion_with(0.1).from_logits(scores, classes);
        };
    }
};

}  // namespace

TEST_SUITE("row_blocks and limits") {
    TEST_CASE("does not compute PAD") {
        const Variable logits(random_array({3, 3, 5}));
        Count count;
        RowBlocks blocks = blocks_of(2);
        blocks.ignore_index = pad;
        blocks(count.loss(), logits, target);
        CHECK(count.rows == 6);
        CHECK(count.blocks == 3);
        CHECK(count.most == 2);
    }
    TEST_CASE("lets nothing out of the rows of PAD") {
        const auto run = [](Real junk) {
            Array numbers = random_array({3, 3, 5});
            for (std::size_t k = 0; k < 5; ++k) {
                numbers(0, 1, k) = numbers(1, 0, k) = junk;
            }
            const Variable logits(numbers);
            return outcome_of(
                [&] {
                    return in_row_blocks(criterion_with(0.1, pad), logits, target, blocks_of(2));
                },
                {logits});
        };
        const Outcome usual = run(0);
        CHECK(usual.gradients[0](0, 1, 3) == 0);
        for (const Real junk :
             {std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity()}) {
            CHECK(run(junk).loss == usual.loss);
            CHECK(run(junk).gradients == usual.gradients);
        }
    }
    TEST_CASE("of PAD alone, and of nothing, is zero") {
        const Index padding = {4, 4, 4};
        const Variable logits(random_array({3, 5}));
        for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
            const auto loss = [&] {
                return in_row_blocks(criterion_with(0.1, pad, reduction), logits, padding,
                                     blocks_of(1));
            };
            const Outcome outcome = outcome_of(loss, {logits});
            CHECK(outcome.loss == Array(Shape{}, 0));
            CHECK(outcome.gradients[0] == Array({3, 5}, 0));
        }
        const Variable empty(Array({0, 5}, 0));
        CHECK(in_row_blocks(criterion_with(0.1), empty, Index::from_shape({0}), blocks_of(1))
                  .item() == 0);
    }
    TEST_CASE("needs no tape, and can be read twice") {
        const Variable logits(random_array({3, 3, 5}));
        const auto criterion = criterion_with(0.1, pad);
        const Real loss = in_row_blocks(criterion, logits, target, blocks_of(2)).item();
        Tape tape;
        const Variable y = in_row_blocks(criterion, logits, target, blocks_of(2));
        CHECK(y.item() == loss);
        const Array first = tape.gradients(scale(y, 2), {logits}, Keep::yes)[0].value();
        CHECK(tape.gradients(scale(y, 2), {logits})[0].value() == first);
        CHECK(close(first, [&] {
            Tape again;
            const Variable whole = criterion.from_logits(logits, target);
            return again.gradients(scale(whole, 2), {logits})[0].value();
        }()));
    }
    TEST_CASE("hides its blocks from a tape around it") {
        const Variable logits(random_array({3, 3, 5}));
        Tape outer;
        Tape inner;
        const Variable loss = in_row_blocks(criterion_with(0.1), logits, target, blocks_of(2));
        CHECK(inner.notes().size() == 1);
        CHECK(outer.notes().size() == 1);
    }
    TEST_CASE("leaves the tape usable when a block fails, and keeps nobody waiting") {
        const Layer layer;
        const Variable hidden(random_array({9, 3}));
        std::atomic<int> calls{0};
        const RowLoss failing = [&](const Variable& scores, const Index& classes) -> Variable {
            if (++calls == 4) {  // the first is asked for the number of classes
                throw std::runtime_error("no more");
            }
            return criterion_with(0.1).from_logits(scores, classes);
        };
        for (const std::size_t threads : std::vector<std::size_t>{1, 2}) {
            Workers workers(threads);
            Tape tape;
            calls = 0;
            const Index classes = {0, 1, 2, 3, 4, 3, 2, 1, 0};
            CHECK_THROWS_WITH(blocks_of(1, &workers)(failing, hidden, layer.projection(), classes),
                              "no more");
            CHECK(tape.notes().empty());
            const Variable y = blocks_of(1, &workers)(failing, hidden, layer.projection(), classes);
            CHECK(tape.gradients(y, {hidden})[0].shape() == hidden.shape());
        }
    }
    TEST_CASE("refuses what does not fit") {
        const Variable logits(random_array({3, 5}));
        const auto criterion = criterion_with(0.1);
        CHECK_THROWS_WITH_AS(in_row_blocks(criterion, logits, {0, 1}),
                             "row_blocks: the target has shape [2] and the log-probabilities "
                             "[3, 5]; it must be [3] or [3, 1]",
                             ShapeError);
        CHECK_THROWS_WITH_AS(in_row_blocks(criterion, logits, {0, 1, 5}, blocks_of(1)),
                             "row_blocks: target 5 at [2] is outside [0, 5)", IndexError);
        const RowLoss pairs = [](const Variable& scores, const Index&) { return scores; };
        const Tape tape;
        CHECK_THROWS_WITH_AS(blocks_of(2)(pairs, logits, {0, 1, 2}),
                             "row_blocks: the loss of 1 rows has shape [1, 5]; it must be [], "
                             "their sum, or [1], one for each",
                             ShapeError);
        CHECK_THROWS_AS(blocks_of(9)(pairs, logits, {0, 1, 2}), ShapeError);
        const Variable hidden(random_array({2, 3}));
        CHECK_THROWS_WITH_AS(in_row_blocks(criterion, hidden, Layer().projection(), {0, 7}),
                             "row_blocks: target 7 at [1] is outside [0, 5)", IndexError);
        const Projection total{[](const Variable& x) { return reduce_sum(x); }, {}};
        CHECK_THROWS_WITH_AS(in_row_blocks(criterion, hidden, total, {0, 1}),
                             "row_blocks: the projection of [0, 3] has shape []; it must have a "
                             "row of scores for each row",
                             ShapeError);
    }
}
