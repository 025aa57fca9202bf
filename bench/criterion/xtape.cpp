// xtape as a user calls it: a tape, a loss, its gradients.

#include <memory>

#include <xtape/core/tape.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/ops/ops.hpp>

#include "measure.hpp"

namespace {

using namespace xtape;
using namespace criterion_bench;

RowBlocks shared_by(Workers& workers) {
    RowBlocks blocks;
    blocks.workers = &workers;
    return blocks;
}

Projection projection_of(const Variable& weight, const Variable& bias) {
    return {[weight, bias](const Variable& hidden) { return matmul(hidden, weight) + bias; },
            {weight, bias}};
}

LabelSmoothedCrossEntropy make_criterion() {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = smoothing;
    criterion.ignore_index = ignore_index;
    return criterion;
}

Index make_target(const Case& problem) {
    Index target(Index::shape_type{problem.rows});
    for (std::size_t i = 0; i < problem.rows; ++i) {
        target(i) = target_at(i, problem.classes);
    }
    return target;
}

template <class Number>
Variable make_variable(std::size_t rows, std::size_t columns, Number number) {
    Array x(Shape{rows, columns});
    fill(x.data(), rows, columns, number);
    return Variable(std::move(x));
}

Variable make_bias(std::size_t classes) {
    Array b(Shape{classes});
    fill(b.data(), 1, classes, [](std::size_t, std::size_t j) { return bias_at(j); });
    return Variable(std::move(b));
}

Iteration set_up_logits(const Task& task) {
    const auto [name, rows, classes, width] = task.problem;
    return [criterion = make_criterion(), target = make_target(task.problem),
            workers = std::make_shared<Workers>(task.threads),
            logits = make_variable(rows, classes, logit_at)](const Look& look) {
        Tape tape;
        const Variable loss = in_row_blocks(criterion, logits, target, shared_by(*workers));
        const auto gradients = tape.gradients(loss, {logits});
        look(loss.value()(), {gradients[0].value().data()});
    };
}

Iteration set_up_projection(const Task& task) {
    const auto [name, rows, classes, width] = task.problem;
    return [criterion = make_criterion(), target = make_target(task.problem),
            workers = std::make_shared<Workers>(task.threads),
            hidden = make_variable(rows, width, hidden_at),
            weight = make_variable(width, classes, weight_at),
            bias = make_bias(classes)](const Look& look) {
        Tape tape;
        const Variable loss = in_row_blocks(criterion, hidden, projection_of(weight, bias), target,
                                            shared_by(*workers));
        const auto gradients = tape.gradients(loss, {hidden, weight, bias});
        look(loss.value()(), {gradients[0].value().data(), gradients[1].value().data(),
                              gradients[2].value().data()});
    };
}

}  // namespace

int main(int argc, char** argv) {
    return measure(argc, argv, [](const Task& task) {
        return task.problem.width == 0 ? set_up_logits(task) : set_up_projection(task);
    });
}
