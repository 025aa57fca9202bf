#include <xtape/losses/row_blocks.hpp>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/nn/linear.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

const Index target = {{2, 4, 1}, {4, 0, 3}, {2, 2, 4}};  // PAD is 4
constexpr std::int64_t pad = 4;

RowBlocks blocks_of(std::size_t rows, Workers* workers = nullptr) {
    RowBlocks blocks;
    blocks.rows = rows;
    blocks.workers = workers;
    return blocks;
}

/// logits = hidden W' + b
struct Layer {
    Variable weight = Variable(random_array({5, 3}, 7));
    Variable bias = Variable(random_array({5}, 8));

    Projection projection() const {
        return {[*this](const Variable& hidden) {
                    return matmul(hidden, weight, Operand::plain, Operand::transposed) + bias;
                },
                {weight, bias}};
    }
};

/// A loss and its gradients by a random cotangent.
struct Outcome {
    Array loss;
    std::vector<Array> gradients;
};

template <class Loss>
Outcome outcome_of(Loss loss, const std::vector<Variable>& sources) {
    Tape tape;
    const Variable y = loss();
    Outcome outcome{y.value(), {}};
    const Array cotangent = random_array(y.shape(), 3);
    for (const Variable& g : tape.gradients(y, cotangent, sources)) {
        outcome.gradients.push_back(g.value());
    }
    return outcome;
}

void check_close(const Outcome& a, const Outcome& b) {
    CHECK(close(a.loss, b.loss));
    REQUIRE(a.gradients.size() == b.gradients.size());
    for (std::size_t k = 0; k < a.gradients.size(); ++k) {
        CAPTURE(k);
        CHECK(close(a.gradients[k], b.gradients[k]));
    }
}

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

TEST_SUITE("row_blocks") {
    TEST_CASE("is the criterion, whatever the size of a block") {
        const Variable logits(random_array({3, 3, 5}));
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            for (const auto ignored : {std::optional<std::int64_t>(), std::optional(pad)}) {
                const auto criterion = criterion_with(0.1, ignored, reduction);
                const Outcome whole =
                    outcome_of([&] { return criterion.from_logits(logits, target); }, {logits});
                for (const std::size_t rows : std::vector<std::size_t>{1, 2, 4, 6, 9, 100}) {
                    CAPTURE(rows);
                    check_close(outcome_of(
                                    [&] {
                                        return in_row_blocks(criterion, logits, target,
                                                             blocks_of(rows));
                                    },
                                    {logits}),
                                whole);
                }
            }
        }
    }
    TEST_CASE("goes through a projection") {
        const Layer layer;
        const Variable hidden(random_array({3, 3, 3}));
        const std::vector<Variable> sources = {hidden, layer.weight, layer.bias};
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            const auto criterion = criterion_with(0.1, pad, reduction);
            const Outcome whole = outcome_of(
                [&] { return criterion.from_logits(layer.projection().scores(hidden), target); },
                sources);
            for (const std::size_t rows : std::vector<std::size_t>{1, 2, 4, 5, 100}) {
                CAPTURE(rows);
                check_close(outcome_of(
                                [&] {
                                    return in_row_blocks(criterion, hidden, layer.projection(),
                                                         target, blocks_of(rows));
                                },
                                sources),
                            whole);
            }
        }
    }
    TEST_CASE("takes every criterion") {
        const Variable logits(random_array({3, 3, 5}));
        const auto check = [&](auto criterion) {
            criterion.ignore_index = pad;
            criterion.reduction = Reduction::mean;
            check_close(
                outcome_of([&] { return in_row_blocks(criterion, logits, target, blocks_of(2)); },
                           {logits}),
                outcome_of([&] { return criterion.from_logits(logits, target); }, {logits}));
        };
        check(NegativeLogLikelihood());
        check(CrossEntropy());
        check(FocalLoss());
        LabelSmoothedCrossEntropy weighted;
        weighted.class_weight = Array{1, 2, 0, 3, 1};
        weighted.z_loss = 0.01;
        check(weighted);
    }
    TEST_CASE("takes a layer for a projection") {
        Random random(1);
        const Linear layer(3, 5, random);
        const Projection projection{layer, layer.parameters()};
        const Variable hidden(random_array({9, 3}));
        const Index classes = {0, 1, 2, 3, 4, 3, 2, 1, 0};
        check_close(
            outcome_of(
                [&] {
                    return in_row_blocks(criterion_with(0.1), hidden, projection, classes,
                                         blocks_of(4));
                },
                {hidden, layer.weight, layer.bias}),
            outcome_of([&] { return criterion_with(0.1).from_logits(layer(hidden), classes); },
                       {hidden, layer.weight, layer.bias}));
    }
    TEST_CASE("copes with a projection that keeps its scores") {  // y = tanh: its slope is of y
        const Variable hidden(random_array({6, 4}));
        const Projection projection{[](const Variable& x) { return tanh(x); }, {}};
        const Index classes = {0, 1, 2, 3, 2, 1};
        check_close(
            outcome_of(
                [&] {
                    return in_row_blocks(criterion_with(0.1), hidden, projection, classes,
                                         blocks_of(2));
                },
                {hidden}),
            outcome_of([&] { return criterion_with(0.1).from_logits(tanh(hidden), classes); },
                       {hidden}));
    }
    TEST_CASE("takes a loss of one's own") {  // half the squared distance from the target's number
        const RowLoss loss = [](const Variable& scores, const Index& classes) {
            Array wanted = Array::from_shape({classes.size(), 1});
            std::copy(classes.begin(), classes.end(), wanted.begin());
            const Variable away = scores - Variable(wanted);
            return scale(reduce_sum(away * away, {-1}), Real(0.5));
        };
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        Tape tape;
        const Variable y = blocks_of(1)(loss, x, {2, 0});
        CHECK(y.value() == Array{1, Real(38.5)});
        CHECK(tape.gradients(y, Array{1, 2}, {x})[0].value() == Array{{-1, 0, 1}, {8, 10, 12}});
    }
    TEST_CASE("is one operation on the tape") {
        const Variable logits(random_array({3, 3, 5}));
        Tape tape;
        const Variable loss = in_row_blocks(criterion_with(0.1, pad), logits, target, blocks_of(2));
        const std::vector<Note> notes = tape.notes();
        REQUIRE(notes.size() == 1);
        CHECK(notes[0].op == "RowBlocks");
        CHECK(notes[0].inputs == std::vector<Variable::Id>{logits.id()});
        CHECK(notes[0].shape == Shape());
    }
    TEST_CASE("has the same derivatives of second order") {
        const auto criterion = criterion_with(0.1, pad);
        const Layer layer;
        const auto from_logits = [&](const std::vector<Variable>& in) {
            return in_row_blocks(criterion, in[0], target, blocks_of(2));
        };
        const std::vector<Array> logits = {random_array({3, 3, 5})};
        CHECK_GRADIENT(from_logits, logits);
        CHECK_SECOND_GRADIENT(from_logits, logits);
        const auto from_hidden = [&](const std::vector<Variable>& in) {
            return in_row_blocks(criterion, in[0], layer.projection(), target, blocks_of(2));
        };
        const std::vector<Variable> sources = {Variable(random_array({3, 3, 3})), layer.weight,
                                               layer.bias};
        CHECK_GRADIENT(from_hidden, sources);
        CHECK_SECOND_GRADIENT(from_hidden, sources);
    }
    TEST_CASE("has the same bits however many threads share the blocks") {
        const Layer layer;
        const Variable hidden(random_array({40, 3}));
        Index classes = Index::from_shape({40});
        for (std::size_t i = 0; i < 40; ++i) {
            classes(i) = static_cast<std::int64_t>(i % 5);
        }
        const auto run = [&](std::size_t threads) {
            Workers workers(threads);
            return outcome_of(
                [&] {
                    return in_row_blocks(criterion_with(0.1, pad), hidden, layer.projection(),
                                         classes, blocks_of(3, &workers));
                },
                {hidden, layer.weight, layer.bias});
        };
        const Outcome one = run(1);
        for (const std::size_t threads : std::vector<std::size_t>{2, 3, 7}) {
            const Outcome several = run(threads);
            CHECK(several.loss == one.loss);
            CHECK(several.gradients == one.gradients);
        }
    }
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
