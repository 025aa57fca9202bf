// Operators of xtape: `operators_xtape CASE THREADS SECONDS FILE`.

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include <xtape/core/memory.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/nn/attention.hpp>
#include <xtape/ops/ops.hpp>

#include "problem.hpp"

namespace {

using namespace xtape;
using namespace operators_bench;

using Inputs = std::vector<Variable>;
using Operator = std::function<Variable(const Inputs& x)>;

Operator embedding_of(const Case& problem) {
    Index index(Index::shape_type{looked_up});
    for (std::size_t i = 0; i < looked_up; ++i) {
        index(i) = index_at(i, problem.inputs[0][0]);
    }
    return [index](const Inputs& x) { return embedding(x[0], index); };
}

/// For scores [words, heads, queries, keys].
Operator masked_softmax_of(const Case& problem) {
    const std::size_t words = problem.inputs[0].front(), keys = problem.inputs[0].back();
    Mask hidden(Mask::shape_type{words, 1, 1, keys});
    for (std::size_t word = 0; word < words; ++word) {
        for (std::size_t key = 0; key < keys; ++key) {
            hidden(word, 0, 0, key) = hidden_at(word, key, keys);
        }
    }
    return [hidden](const Inputs& x) {
        return softmax(masked_fill(x[0], hidden, -std::numeric_limits<Real>::infinity()), -1);
    };
}

/// Self-attention, the weights being inputs like any other.
Operator attention_of(const Case& problem) {
    Random random(1);
    const MultiHeadAttention initial(problem.inputs[0].back(), heads, 0, random);
    return [initial](const Inputs& x) {
        MultiHeadAttention attention = initial;
        std::size_t k = 1;
        for (Linear* projection :
             {&attention.query, &attention.key, &attention.value, &attention.output}) {
            projection->weight = x[k++];
            projection->bias = x[k++];
        }
        return attention(x[0], x[0], Mask());
    };
}

Operator dropout_of(const Case&) {
    return [random = std::make_shared<Random>(1)](const Inputs& x) {
        return dropout(x[0], dropout_rate, *random);
    };
}

Operator find_operator(const Case& problem) {
    static const std::map<std::string, Operator> simple = {
        {"matmul", [](const Inputs& x) { return matmul(x[0], x[1]); }},
        {"log_softmax", [](const Inputs& x) { return log_softmax(x[0], -1); }},
        {"softmax", [](const Inputs& x) { return softmax(x[0], -1); }},
        {"layer_norm", [](const Inputs& x) { return layer_norm(x[0], x[1], x[2]); }},
        {"gelu", [](const Inputs& x) { return gelu(x[0]); }},
        {"gelu_tanh", [](const Inputs& x) { return gelu_tanh(x[0]); }},
        {"relu", [](const Inputs& x) { return relu(x[0]); }},
        {"add_row", [](const Inputs& x) { return x[0] + x[1]; }},
        {"exp", [](const Inputs& x) { return exp(x[0]); }},
        {"tanh", [](const Inputs& x) { return tanh(x[0]); }},
        {"sigmoid", [](const Inputs& x) { return sigmoid(x[0]); }},
        {"sum_last_axis", [](const Inputs& x) { return reduce_sum(x[0], {-1}); }},
        {"sum_first_axis", [](const Inputs& x) { return reduce_sum(x[0], {0}); }},
        {"concat", [](const Inputs& x) { return concat(x, -1); }},
        {"swap_heads", [](const Inputs& x) {
             return permute(x[0], {0, 2, 1, 3});
         }}};
    static const std::map<std::string, Operator (*)(const Case&)> prepared = {
        {"embedding", embedding_of},
        {"masked_softmax", masked_softmax_of},
        {"attention", attention_of},
        {"dropout", dropout_of}};
    if (const auto found = prepared.find(problem.op); found != prepared.end()) {
        return found->second(problem);
    }
    if (const auto found = simple.find(problem.op); found != simple.end()) {
        return found->second;
    }
    throw std::invalid_argument("there is no operator " + problem.op);
}

Inputs make_inputs(const Case& problem) {
    Inputs inputs;
    for (const operators_bench::Extents& extents : problem.inputs) {
        Array x(Shape(extents.begin(), extents.end()));
        fill_input(x.data(), extents, inputs.size());
        inputs.emplace_back(std::move(x));
    }
    return inputs;
}

class Subject {
public:
    explicit Subject(const std::string& name)
        : problem_(name),
          operator_(find_operator(problem_)),
          inputs_(make_inputs(problem_)),
          cotangent_(Array(operator_(inputs_).shape())) {
        fill_cotangent(numbers_of(cotangent_).data(), cotangent_.value().size());
        memory::release();  // what the operator left in the pool is to count when it is taken again
    }

    void forward() {
        tape_.emplace();
        y_ = operator_(inputs_);
    }

    void backward(const bench::Look& look) {
        const auto gradients = tape_->gradients(*y_, cotangent_, inputs_);
        if (look) {
            Shown shown(problem_, look);
            shown(y_->value().data(), y_->value().size());
            for (const Variable& gradient : gradients) {
                shown(gradient.value().data(), gradient.value().size());
            }
        }
        y_.reset();
        tape_.reset();
    }

private:
    Case problem_;
    Operator operator_;
    Inputs inputs_;
    Variable cotangent_;
    std::optional<Tape> tape_;
    std::optional<Variable> y_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::measure_passes(argc, argv, [](const std::string& name, int) {
        const auto subject = std::make_shared<Subject>(name);
        return bench::Passes{[subject] { subject->forward(); },
                             [subject](const bench::Look& look) { subject->backward(look); }};
    });
}
