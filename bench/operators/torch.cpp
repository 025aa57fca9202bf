// The same operators of libtorch: `operators_torch CASE THREADS SECONDS FILE`.

#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>

#include "problem.hpp"

namespace {

using namespace operators_bench;
using torch::Tensor;

using Inputs = std::vector<Tensor>;
using Operator = std::function<Tensor(const Inputs& x)>;

Operator embedding_of(const Case& problem) {
    const Tensor index = torch::empty({static_cast<std::int64_t>(looked_up)}, torch::kInt64);
    for (std::size_t i = 0; i < looked_up; ++i) {
        index.data_ptr<std::int64_t>()[i] = index_at(i, problem.inputs[0][0]);
    }
    return [index](const Inputs& x) { return torch::embedding(x[0], index); };
}

Operator masked_softmax_of(const Case& problem) {
    const std::size_t words = problem.inputs[0].front(), keys = problem.inputs[0].back();
    const Tensor hidden = torch::empty(
        {static_cast<std::int64_t>(words), 1, 1, static_cast<std::int64_t>(keys)}, torch::kBool);
    for (std::size_t i = 0; i < words * keys; ++i) {
        hidden.data_ptr<bool>()[i] = hidden_at(i / keys, i % keys, keys);
    }
    return [hidden](const Inputs& x) {
        return torch::softmax(x[0].masked_fill(hidden, -std::numeric_limits<float>::infinity()),
                              -1);
    };
}

// [B, T, width] -> [B, heads, T, width / heads]
Tensor split(const Tensor& x, const Tensor& like) {
    return x.view({like.size(0), like.size(1), heads, -1}).transpose(1, 2);
}

Tensor attention(const Inputs& x) {
    const auto project = [&](const Tensor& rows, std::size_t k) {
        return torch::addmm(x[2 * k + 2], rows, x[2 * k + 1]);
    };
    const Tensor rows = x[0].view({-1, x[0].size(2)});
    const Tensor query = split(project(rows, 0), x[0]), key = split(project(rows, 1), x[0]),
                 value = split(project(rows, 2), x[0]);
    const double root = std::sqrt(static_cast<double>(query.size(-1)));
    const Tensor weights = torch::softmax(torch::matmul(query, key.transpose(-2, -1)) / root, -1);
    const Tensor joined = torch::matmul(weights, value).transpose(1, 2).reshape(rows.sizes());
    return project(joined, 3).view(x[0].sizes());
}

// The permuted one is a view, so its copy is what is measured.
Operator find_operator(const Case& problem) {
    static const std::map<std::string, Operator> simple = {
        {"matmul", [](const Inputs& x) { return torch::matmul(x[0], x[1]); }},
        {"log_softmax", [](const Inputs& x) { return torch::log_softmax(x[0], -1); }},
        {"softmax", [](const Inputs& x) { return torch::softmax(x[0], -1); }},
        {"layer_norm",
         [](const Inputs& x) { return torch::layer_norm(x[0], x[1].sizes(), x[1], x[2]); }},
        {"gelu", [](const Inputs& x) { return torch::gelu(x[0]); }},
        {"gelu_tanh", [](const Inputs& x) { return torch::gelu(x[0], "tanh"); }},
        {"relu", [](const Inputs& x) { return torch::relu(x[0]); }},
        {"add_row", [](const Inputs& x) { return x[0] + x[1]; }},
        {"exp", [](const Inputs& x) { return torch::exp(x[0]); }},
        {"tanh", [](const Inputs& x) { return torch::tanh(x[0]); }},
        {"sigmoid", [](const Inputs& x) { return torch::sigmoid(x[0]); }},
        {"dropout", [](const Inputs& x) { return torch::dropout(x[0], dropout_rate, true); }},
        {"sum_last_axis", [](const Inputs& x) { return x[0].sum(-1); }},
        {"sum_first_axis", [](const Inputs& x) { return x[0].sum(0); }},
        {"concat", [](const Inputs& x) { return torch::cat(x, -1); }},
        {"swap_heads",
         [](const Inputs& x) {
             return x[0].permute({0, 2, 1, 3}).contiguous();
         }},
        {"attention", attention}};
    static const std::map<std::string, Operator (*)(const Case&)> prepared = {
        {"embedding", embedding_of}, {"masked_softmax", masked_softmax_of}};
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
    for (const Extents& extents : problem.inputs) {
        const std::vector<std::int64_t> sizes(extents.begin(), extents.end());
        Tensor x = torch::empty(sizes);
        fill_input(x.data_ptr<float>(), extents, inputs.size());
        inputs.push_back(x.requires_grad_());
    }
    return inputs;
}

class Subject {
public:
    explicit Subject(const std::string& name)
        : problem_(name),
          operator_(find_operator(problem_)),
          inputs_(make_inputs(problem_)),
          cotangent_(torch::empty(operator_(inputs_).sizes())) {
        fill_cotangent(cotangent_.data_ptr<float>(), static_cast<std::size_t>(cotangent_.numel()));
    }

    void forward() { y_ = operator_(inputs_); }

    void backward(const bench::Look& look) {
        auto gradients = torch::autograd::grad({y_}, inputs_, {cotangent_});
        for (Tensor& gradient : gradients) {
            // Some are views or the cotangent itself: the same work as in xtape.
            gradient = gradient.is_same(cotangent_) ? gradient.clone() : gradient.contiguous();
        }
        if (look) {
            Shown shown(problem_, look);
            shown(y_.data_ptr<float>(), static_cast<std::size_t>(y_.numel()));
            for (const Tensor& gradient : gradients) {
                shown(gradient.data_ptr<float>(), static_cast<std::size_t>(gradient.numel()));
            }
        }
        y_.reset();
    }

private:
    Case problem_;
    Operator operator_;
    Inputs inputs_;
    Tensor cotangent_, y_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::measure_passes(argc, argv, [](const std::string& name, int threads) {
        at::set_num_threads(threads);
        const auto subject = std::make_shared<Subject>(name);
        return bench::Passes{[subject] { subject->forward(); },
                             [subject](const bench::Look& look) { subject->backward(look); }};
    });
}
