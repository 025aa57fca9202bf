#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/permute.hpp>

#include "criterion.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

LabelSmoothedCrossEntropy cross_entropy_of(const Json& one) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = number_of(one.at("smoothing"));
    criterion.ignore_index = integer_of(one.at("ignore_index"));
    const auto reduction = one.at("reduction").get<std::string>();
    criterion.reduction = reduction == "sum"    ? Reduction::sum
                          : reduction == "mean" ? Reduction::mean
                                                : Reduction::none;
    if (!one.at("weight").is_null()) {
        criterion.class_weight = array_of(one.at("weight"));
    }
    return criterion;
}

/// The classes come last with us; elsewhere they may stand on another axis.
Variable classes_last(const Variable& x, std::ptrdiff_t class_axis) {
    Axes order(x.shape().size());
    std::iota(order.begin(), order.end(), 0);
    order.erase(order.begin() + class_axis);
    order.push_back(class_axis);
    return permute(x, order);
}

}  // namespace

void check_cross_entropy(const Json& one, const Json&, Verdict& verdict) {
    const LabelSmoothedCrossEntropy criterion = cross_entropy_of(one);
    const Index target = index_of(one.at("target"));
    const auto class_axis = one.at("class_dim").get<std::ptrdiff_t>();
    Expected expected{reference_of(one.at("loss")),
                      array_of(one.at("gout")),
                      {reference_of(one.at("grad_logits"))},
                      {},
                      {},
                      {}};
    if (one.contains("jvp_logits")) {
        expected.tangents = {array_of(one.at("v"))};
        expected.jvp = reference_of(one.at("jvp_logits"));
        expected.hvps = {reference_of(one.at("hvp_logits"))};
    }
    if (criterion.reduction == Reduction::mean && criterion.count(target) == 0) {
        verdict.decided_otherwise("the mean over no token is 0, not nan");
        expected.value.numbers = {0};
    }
    const Function composed = [&](const auto& x) {
        return criterion(classes_last(log_softmax(x[0], class_axis), class_axis), target);
    };
    const Function direct = [&](const auto& x) {
        return criterion.from_logits(classes_last(x[0], class_axis), target);
    };
    const Variable logits(array_of(one.at("logits")));
    compare("log_softmax: ", composed, {logits}, expected, usual, verdict);
    compare("from_logits: ", direct, {logits}, expected, usual, verdict);
}

}  // namespace oracle
