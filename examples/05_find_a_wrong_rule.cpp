// A model does not learn as it should, and one of its operators is to blame. Which one? Checking the
// whole model says that its gradient is wrong, where and by how much; and it names the operator,
// because each one on the way back is then checked apart from all others.

#include <cmath>
#include <iostream>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/random.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/ops.hpp>

using namespace xtape;

namespace {

// y = x tanh s with s = softplus x: an activation called mish. The derivative of s is sigmoid x, so
//
//     dy/dx = tanh s + x (1 - tanh^2 s) sigmoid x.
Variable slope_of_mish(const Variable& x) {
    const Variable t = tanh(softplus(x));
    return t + x * (1 - square(t)) * sigmoid(x);
}

Variable slope_in_a_hurry(const Variable& x) {
    const Variable t = tanh(softplus(x));
    return t + x * (1 - square(t));
}

using Slope = Variable (*)(const Variable& x);

Variable mish(const Variable& x, Slope slope) {
    Array y = x.value();
    for (Real& v : y) {
        v *= std::tanh(std::log1p(std::exp(v)));
    }
    return record("Mish", std::move(y),
                  Input{x, [x, slope](const Variable& g) { return g * slope(x); }});
}

// Two layers and a loss for three examples: fifteen operators, any of which may be wrong.
Function model_with(Slope slope) {
    return [slope](const std::vector<Variable>& in) {
        const Variable &x = in[0], &w = in[1], &gain = in[2], &v = in[3];
        const Variable hidden = mish(layer_norm(matmul(x, w), gain, scale(gain, 0.1)), slope);
        const Variable scores = log_softmax(matmul(hidden, v), -1);
        LabelSmoothedCrossEntropy criterion;
        criterion.reduction = Reduction::none;
        return criterion(scores, Index{0, 2, 1});
    };
}

}  // namespace

int main() {
    Random random(7);
    const std::vector<Array> at = {
        random.normal({3, 4}, 0, 1),  // x
        random.normal({4, 5}, 0, 1),  // w
        random.uniform({5}, 0.5, 2),  // gain
        random.normal({5, 3}, 0, 1),  // v
    };
    std::cout << "with a rule written in a hurry:\n"
              << gradient_check(model_with(slope_in_a_hurry), at)
              << "\nwith the inner derivative, sigmoid x, that was forgotten:\n"
              << gradient_check(model_with(slope_of_mish), at) << "\nits second derivatives:\n"
              << second_gradient_check(model_with(slope_of_mish), at);
}
