#include <limits>
#include <map>

#include <xtape/xtape.hpp>

#include "derivatives.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

using In = const std::vector<Variable>&;

/// x W' + b
Variable affine(const Variable& x, const Variable& w, const Variable& b) {
    return matmul(x, w, Operand::plain, Operand::transposed) + b;
}

/// The k-th of `count` equal parts of the last axis.
Variable part(const Variable& x, std::ptrdiff_t k, std::ptrdiff_t count) {
    const auto width = static_cast<std::ptrdiff_t>(x.shape().back()) / count;
    return slice(x, -1, k * width, (k + 1) * width);
}

/// softmax(fill(c q k', mask, -inf)) v
Variable causal_attention(In in, const Json& attributes) {
    const auto c = static_cast<Real>(number_of(attributes.at("scale")));
    const Variable scores = matmul(in[0], in[1], Operand::plain, Operand::transposed);
    const Variable masked = masked_fill(scale(scores, c), mask_of(attributes.at("mask")),
                                        -std::numeric_limits<Real>::infinity());
    return matmul(softmax(masked, -1), in[2]);
}

/// in: x [steps, batch, width], h, W_x, W_h, b_x, b_h with the gates reset, update, new.
Variable gru(In in, const Json&) {
    Variable h = in[1];
    for (std::size_t t = 0; t < in[0].shape()[0]; ++t) {
        const Variable x = affine(select(in[0], 0, static_cast<std::ptrdiff_t>(t)), in[2], in[4]);
        const Variable s = affine(h, in[3], in[5]);
        const Variable reset = sigmoid(part(x, 0, 3) + part(s, 0, 3));
        const Variable update = sigmoid(part(x, 1, 3) + part(s, 1, 3));
        const Variable next = tanh(part(x, 2, 3) + reset * part(s, 2, 3));
        h = (Real(1) - update) * next + update * h;
    }
    return h;
}

/// in: x [steps, batch, width], h, c, W_x, W_h, b with the gates input, forget, cell, output.
Variable lstm(In in, const Json&) {
    Variable h = in[1];
    Variable c = in[2];
    for (std::size_t t = 0; t < in[0].shape()[0]; ++t) {
        const Variable s = affine(select(in[0], 0, static_cast<std::ptrdiff_t>(t)), in[3], in[5]) +
                           matmul(h, in[4], Operand::plain, Operand::transposed);
        c = sigmoid(part(s, 1, 4)) * c + sigmoid(part(s, 0, 4)) * tanh(part(s, 2, 4));
        h = sigmoid(part(s, 3, 4)) * tanh(c);
    }
    return h;
}

/// in: x, W1, b1, W2, b2, gain, bias.   x + W2 gelu(W1 layer_norm(x) + b1) + b2
Variable feed_forward(In in, const Json&) {
    const Variable normal = layer_norm(in[0], in[5], in[6]);
    return in[0] + affine(gelu(affine(normal, in[1], in[2])), in[3], in[4]);
}

using Compose = Variable (*)(In in, const Json& attributes);
const std::map<std::string, Compose> composites = {
    {"causal-attention", causal_attention},
    {"gru-unrolled", gru},
    {"lstm-unrolled", lstm},
    {"prenorm-ffn-block", feed_forward},
};

}  // namespace

void check_composite(const Json& one, const Json&, Verdict& verdict) {
    const auto compose = composites.find(one.at("name").get<std::string>());
    if (compose == composites.end()) {
        verdict.differs("no composite is known by this name");
        return;
    }
    std::vector<Variable> inputs;
    for (const Array& input : arrays_of(one.at("inputs"))) {
        inputs.emplace_back(input);
    }
    const Function f = [&](In in) { return compose->second(in, one.at("attrs")); };
    const std::vector<bool> all(inputs.size(), true);
    compare("", f, inputs, expected_of(one, all), usual, verdict);
}

}  // namespace oracle
