#include <xtape/losses/row_blocks.hpp>

#include <algorithm>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/nn/linear.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/losses/row_blocks_cases.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

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
    TEST_CASE("tells the states from a parameter that is the same variable") {
        const auto criterion = criterion_with(0.1, pad);
        const Index labels = {0, 2, 1};
        const Function f = [&](const std::vector<Variable>& in) {
            const Variable weight = in[0];
            const Projection scores{[weight](const Variable& h) { return matmul(h, weight); },
                                    {weight}};
            return in_row_blocks(criterion, weight, scores, labels, blocks_of(2));
        };
        const std::vector<Array> x = {random_array({3, 3})};
        CHECK_GRADIENT(f, x);
        CHECK_SECOND_GRADIENT(f, x);
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
}
