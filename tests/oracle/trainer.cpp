#include <algorithm>
#include <functional>
#include <limits>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include <xtape/train/adam.hpp>
#include <xtape/train/clip.hpp>
#include <xtape/train/sgd.hpp>

#include "criterion.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

/// Parameters: E [V, D], W1 [H, D], b1 [H], W2 [V, H], b2 [V].
///
///     log_softmax(tanh(E[tokens] W1' + b1) W2' + b2)
Variable log_probabilities(const std::vector<Variable>& p, const Index& tokens, std::int64_t pad) {
    const Variable x = embedding(p[0], tokens, pad);
    const Variable hidden = tanh(matmul(x, p[1], Operand::plain, Operand::transposed) + p[2]);
    return log_softmax(matmul(hidden, p[3], Operand::plain, Operand::transposed) + p[4], -1);
}

using Step = std::function<void(const std::vector<Variable>&)>;

Step optimiser_of(const Json& one, const std::vector<Variable>& parameters) {
    const auto name = one.at("optimizer").get<std::string>();
    const Json& hyper = one.at("hyper");
    if (name == "sgd") {
        const SgdOptions options{hyper.at("lr"), hyper.value("momentum", 0.0),
                                 hyper.value("nesterov", false)};
        return [sgd = Sgd(parameters, options)](const auto& g) mutable { sgd.step(g); };
    }
    if (name == "adam" || name == "adamw") {
        const AdamOptions options{hyper.at("lr"), hyper.at("betas")[0], hyper.at("betas")[1],
                                  hyper.at("eps"), hyper.value("weight_decay", 0.0)};
        return [adam = Adam(parameters, options)](const auto& g) mutable { adam.step(g); };
    }
    throw std::runtime_error("no optimiser is known by the name " + name);
}

/// The largest double, where the case does not clip: the gradients stay, and we learn their norm.
double clip_norm_of(const Json& one) {
    return one.at("clip_norm").is_null() ? std::numeric_limits<double>::max()
                                         : number_of(one.at("clip_norm"));
}

std::vector<Variable> variables_of(const Json& tensors) {
    std::vector<Variable> variables;
    for (const Array& numbers : arrays_of(tensors)) {
        variables.emplace_back(numbers);
    }
    return variables;
}

}  // namespace

void check_training(const Json& one, const Json& group, Verdict& verdict) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = number_of(one.at("smoothing"));
    criterion.ignore_index = group.at("pad").get<std::int64_t>();
    const std::vector<Variable> parameters = variables_of(group.at("init"));
    const Step step = optimiser_of(one, parameters);
    for (std::size_t t = 0; t < group.at("batches").size(); ++t) {
        const Index tokens = index_of(group.at("batches")[t].at(0));
        const Index target = index_of(group.at("batches")[t].at(1));
        const std::size_t count = criterion.count(target);
        verdict.close(text("tokens of step ", t), static_cast<double>(count),
                      number_of(one.at("ntokens").at(t)), 0);
        Tape tape;
        const Variable loss =
            criterion(log_probabilities(parameters, tokens, *criterion.ignore_index), target);
        verdict.close(text("loss of step ", t), double{loss.item()},
                      number_of(one.at("losses").at(t)), usual.first);
        const auto divisor = one.at("per_token").get<bool>() ? std::max<std::size_t>(count, 1) : 1;
        std::vector<Variable> gradients =
            tape.gradients(scale(loss, 1 / static_cast<Real>(divisor)), parameters);
        const double norm = clip_by_global_norm(gradients, clip_norm_of(one));
        verdict.close(text("norm of step ", t), norm, number_of(one.at("grad_norms").at(t)),
                      usual.first);
        step(gradients);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        verdict.close(text("parameter ", i), parameters[i].value(),
                      reference_of(one.at("final").at(i)), loose.value);
    }
}

}  // namespace oracle
