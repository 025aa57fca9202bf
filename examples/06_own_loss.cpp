// Your own loss is a few composed operators, and needs no gradient of its own. This one is the
// generalised cross entropy of Zhang & Sabuncu (2018), which doubts its labels: between -log p, for q
// near 0, and 1 - p, for q = 1, no label costs more than 1 / q however wrong it is. Its tape, what it
// makes of a wrong label, and the check.

#include <iomanip>
#include <iostream>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/core/views.hpp>
#include <xtape/losses/nll.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/reduce_sum.hpp>

using namespace xtape;

namespace {

// For each token (1 - p^q) / q, p the probability of its target, and p^q = e^(-q nll).
struct GeneralisedCrossEntropy {
    Real q = 0.7;
    std::optional<std::int64_t> ignore_index;

    Variable from_logits(const Variable& logits, const Index& target) const {
        NegativeLogLikelihood nll;
        nll.ignore_index = ignore_index;
        nll.reduction = Reduction::none;  // PAD has 0 there, and so p = 1 and no loss
        return reduce_sum(1 - exp(scale(nll.from_logits(logits, target), -q))) / q;
    }
};

/// Three tokens of four classes. The second's label looks wrong, the last is PAD.
const Array scores = {{4, 0, 1, 0}, {5, 0, 0, 0}, {9, 9, 0, 1}};
const Index target = {0, 3, -1};

void print_gradient(const char* title, const Array& g) {
    std::cout << title << '\n';
    for (std::size_t i = 0; i < g.size(); ++i) {
        std::cout << std::setw(9) << g.data()[i] + 0 << (i % 4 == 3 ? "\n" : "");
    }
}

}  // namespace

int main() {
    const Variable logits(scores);
    GeneralisedCrossEntropy loss;
    loss.ignore_index = -1;

    Tape tape;
    const Variable value = loss.from_logits(logits, target);
    print(std::cout, tape, {{"logits", logits}});

    std::cout << std::fixed << std::setprecision(4) << "\nloss " << value.item() << '\n';
    print_gradient("its gradient, one row a token:", tape.gradients(value, {logits})[0].value());

    NegativeLogLikelihood nll;
    nll.ignore_index = -1;
    Tape other;
    const Variable likelihood = nll.from_logits(logits, target);
    print_gradient("and that of -log p, which the wrong label rules:",
                   other.gradients(likelihood, {logits})[0].value());

    const Function f = [&](const auto& in) { return loss.from_logits(in[0], target); };
    std::cout << '\n' << gradient_check(f, {scores}) << second_gradient_check(f, {scores});
}
