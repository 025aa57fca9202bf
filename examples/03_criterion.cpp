// The label-smoothed cross entropy is a few basic operators, and the tape shows them. Not reduced, it
// is a matrix with the loss of every token; what is PAD is exactly zero.

#include <iomanip>
#include <iostream>

#include <xtape/core/tape.hpp>
#include <xtape/core/views.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/log_softmax.hpp>

using namespace xtape;

namespace {

constexpr std::int64_t pad = 0;

/// Scores of 2 sentences of 3 tokens over 4 classes, where PAD is class 0.
const Array scores = {{{0, 3, 1, 0}, {0, 1, 1, 2}, {9, 9, 9, 9}},
                      {{0, 0, 4, 0}, {5, 5, 5, 5}, {7, 0, 0, 0}}};
const Index target = {{1, 3, pad}, {2, pad, pad}};

template <class Container>
void print_matrix(const char* title, const Container& matrix, std::size_t columns) {
    std::cout << title << '\n';
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        const Real number = matrix.data()[i] + 0;  // which makes 0 of -0
        std::cout << std::setw(9) << number << ((i + 1) % columns == 0 ? "\n" : "");
    }
}

}  // namespace

int main() {
    std::cout << std::fixed << std::setprecision(4);
    const Variable logits(scores);

    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = 0.1;
    criterion.ignore_index = pad;

    Tape tape;
    const Variable lprobs = log_softmax(logits, -1);
    const Variable loss = criterion(lprobs, target);
    print(std::cout, tape, {{"logits", logits}});
    std::cout << "\nthe sum over " << criterion.count(target) << " tokens: " << loss.item()
              << "\n\n";
    print_matrix("its gradient by the logits, one row a token:",
                 tape.gradients(loss, {logits})[0].value(), 4);

    criterion.reduction = Reduction::none;
    print_matrix("\nthe loss matrix, one row a sentence:", criterion(lprobs, target).value(), 3);
}
