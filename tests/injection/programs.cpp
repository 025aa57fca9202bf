#include "tests/injection/programs.hpp"

#include <algorithm>

#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/nn/dropout.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"

namespace xtape {

Network::Network()
    : table(random_array({5, 4}, 1)),
      weight(random_array({4, 4}, 2)),
      gain(random_array({4}, 3)),
      bias(random_array({4}, 4)) {}

Variable Network::loss() const {
    Random random(5);
    const Variable x = embedding(table, Index{{1, 2, 2}, {3, 1, 4}});  // [2, 3, 4]
    const Variable keys = dropout(layer_norm(x, gain, bias), 0.2, random);
    const Mask future = {{false, true, true}, {false, false, true}, {false, false, false}};
    const Variable scores = matmul(x, keys, Operand::plain, Operand::transposed);
    const Variable seen = matmul(softmax(masked_fill(scores, future, -1e9), -1), keys);
    const Variable first = slice(seen, 1, 0, 1);
    const Variable all = concat({first, gelu(slice(seen, 1, 1)), amax(x, 1, true)}, 1);
    const Variable hidden = tanh(matmul(all, weight) + bias) / (1.5 + sigmoid(all));
    const Variable logits = matmul(hidden, table, Operand::plain, Operand::transposed);
    LabelSmoothedCrossEntropy criterion;
    criterion.ignore_index = 0;
    const Index target = {{1, 4, 0, 2}, {3, 0, 0, 1}};
    const Variable penalty = mean(square(norm(hidden, -1)) + exp(-logsumexp(logits, -1)));
    return criterion(log_softmax(logits, -1), target) + criterion.from_logits(logits, target) +
           penalty;
}

Parameters Network::parameters() const {
    return Parameters()
        .add("table", table)
        .add("weight", weight)
        .add("gain", gain)
        .add("bias", bias);
}

bool same_bits(const Arrays& a, const Arrays& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Array& p, const Array& q) { return same_bits(p, q); });
}

Arrays values_of(const std::vector<Variable>& variables) {
    Arrays values;
    for (const Variable& x : variables) {
        values.push_back(x.value());
    }
    return values;
}

Arrays gradients(const Network& network) {
    Tape tape;
    return values_of(tape.gradients(network.loss(), network.parameters()));
}

Arrays second_gradients(const Network& network) {
    Tape outer;
    const std::vector<Variable> slopes = [&network] {
        Tape inner;
        return inner.gradients(network.loss(), network.parameters());
    }();
    Variable length = reduce_sum(square(slopes[0]));
    for (std::size_t i = 1; i < slopes.size(); ++i) {
        length = length + reduce_sum(square(slopes[i]));
    }
    return values_of(outer.gradients(length, network.parameters()));
}

}  // namespace xtape
