// libtorch: the criterion composed as in its specification, and its own cross entropy.

#include <torch/torch.h>

#include "measure.hpp"

namespace {

using namespace criterion_bench;
using torch::Tensor;

Tensor composed(const Tensor& logits, const Tensor& target) {
    const Tensor lprobs = torch::log_softmax(logits, -1);
    const Tensor column = target.unsqueeze(-1);
    const Tensor pad = column.eq(ignore_index);
    const Tensor nll = (-lprobs.gather(-1, column)).masked_fill_(pad, 0).sum();
    const Tensor smooth = (-lprobs.sum(-1, true)).masked_fill_(pad, 0).sum();
    const double share = smoothing / static_cast<double>(lprobs.size(-1));
    return (1 - smoothing) * nll + share * smooth;
}

Tensor cross_entropy(const Tensor& logits, const Tensor& target) {
    return torch::nn::functional::cross_entropy(logits, target,
                                                torch::nn::functional::CrossEntropyFuncOptions()
                                                    .ignore_index(ignore_index)
                                                    .label_smoothing(smoothing)
                                                    .reduction(torch::kSum));
}

Tensor make_target(const Case& problem) {
    Tensor target = torch::empty({static_cast<std::int64_t>(problem.rows)}, torch::kInt64);
    for (std::size_t i = 0; i < problem.rows; ++i) {
        target.data_ptr<std::int64_t>()[i] = target_at(i, problem.classes);
    }
    return target;
}

template <class Number>
Tensor make_tensor(std::size_t rows, std::size_t columns, Number number) {
    Tensor x = torch::empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)});
    fill(x.data_ptr<float>(), rows, columns, number);
    return x.requires_grad_();
}

Iteration set_up(const Task& task) {
    at::set_num_threads(static_cast<int>(task.threads));
    const auto loss_of = task.system == "libtorch-composed" ? composed : cross_entropy;
    const Tensor target = make_target(task.problem);
    const auto [name, rows, classes, width] = task.problem;
    if (width == 0) {
        return [=, logits = make_tensor(rows, classes, logit_at)](const Look& look) {
            const Tensor loss = loss_of(logits, target);
            const auto gradients = torch::autograd::grad({loss}, {logits});
            look(loss.item<float>(), {gradients[0].data_ptr<float>()});
        };
    }
    const auto bias_number = [](std::size_t, std::size_t j) { return bias_at(j); };
    return [=, hidden = make_tensor(rows, width, hidden_at),
            weight = make_tensor(width, classes, weight_at),
            bias = make_tensor(1, classes, bias_number)](const Look& look) {
        const Tensor loss = loss_of(torch::addmm(bias, hidden, weight), target);
        const auto gradients = torch::autograd::grad({loss}, {hidden, weight, bias});
        const Tensor dhidden = gradients[0].contiguous(), dweight = gradients[1].contiguous();
        look(loss.item<float>(), {dhidden.data_ptr<float>(), dweight.data_ptr<float>(),
                                  gradients[2].data_ptr<float>()});
    };
}

}  // namespace

int main(int argc, char** argv) {
    return measure(argc, argv, set_up);
}
