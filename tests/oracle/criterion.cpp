#include "criterion.hpp"

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/ops/log_softmax.hpp>

#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

/// Our loss matrix has no trailing 1; the reference has one if an index is ignored.
void drop_trailing_axis(Expected& expected, const Shape& tokens, Verdict& verdict) {
    if (expected.value.shape.empty() || expected.value.shape == tokens) {
        return;
    }
    verdict.decided_otherwise("a loss matrix has the shape of the target without a trailing 1");
    expected.value.shape = tokens;
    expected.cotangent.reshape(tokens);
    expected.jvp.shape = tokens;
}

/// Without smoothing the smooth term is left out, where the reference multiplies inf by 0.
void leave_smooth_term_out(Expected& expected, const Json& one, const Index& target,
                           const std::vector<bool>& pad, Verdict& verdict) {
    if (number_of(one.at("smoothing")) != 0) {
        return;
    }
    const Reference lprobs = reference_of(one.at("lprobs"));
    const bool reduced = one.at("reduce").get<bool>();
    std::vector<double> nll(expected.value.numbers.size(), 0.0);
    for (std::size_t i = 0; i < pad.size(); ++i) {
        if (!pad[i]) {
            const auto k = static_cast<std::size_t>(target.data()[i]);
            nll[reduced ? 0 : i] -= lprobs.numbers[i * lprobs.shape.back() + k];
        }
    }
    for (std::size_t i = 0; i < nll.size(); ++i) {
        if (std::isnan(expected.value.numbers[i]) && !std::isnan(nll[i])) {
            verdict.decided_otherwise("smoothing 0 leaves the smooth term out");
            expected.value.numbers[i] = nll[i];
        }
    }
}

/// From logits, rows of PAD do not enter the graph, and the reference lets nan out of them.
void clear_padding(Reference& gradient, const std::vector<bool>& pad, Verdict& verdict) {
    const std::size_t classes = gradient.shape.back();
    for (std::size_t i = 0; i < gradient.numbers.size(); ++i) {
        if (pad[i / classes] && std::isnan(gradient.numbers[i])) {
            gradient.numbers[i] = 0;
            verdict.decided_otherwise("from_logits gives rows of PAD the gradient zero, not nan");
        }
    }
}

}  // namespace

LabelSmoothedCrossEntropy criterion_of(const Json& one) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = number_of(one.at("smoothing"));
    criterion.ignore_index = integer_of(one.at("ignore_index"));
    criterion.reduction = one.at("reduce").get<bool>() ? Reduction::sum : Reduction::none;
    const auto convention = one.at("criterion").get<std::string>();
    if (convention != "seed" && convention != "vm1") {
        throw std::runtime_error("no criterion is known by the name " + convention);
    }
    criterion.convention = convention == "seed" ? Convention::uniform : Convention::wrong_classes;
    return criterion;
}

Shape token_shape(const Shape& scores) {
    return Shape(scores.begin(), scores.end() - 1);
}

std::vector<bool> padding(const Index& target, const std::optional<std::int64_t>& ignore_index) {
    std::vector<bool> pad;
    for (const std::int64_t k : target) {
        pad.push_back(ignore_index && k == *ignore_index);
    }
    return pad;
}

void compare_with_padding(const std::string& route, const Function& f, const Variable& x,
                          const Expected& expected, const std::vector<bool>& pad,
                          const Tolerance& tolerance, Verdict& verdict) {
    const Variable g = compare(route, f, {x}, expected, tolerance, verdict)[0];
    const std::size_t classes = x.shape().back();
    for (std::size_t i = 0; i < g.value().size(); ++i) {
        if (pad[i / classes] && g.value().data()[i] != 0) {
            verdict.differs(text(route, "gradient of PAD at ", place_of(i, x.shape()), ": ",
                                 g.value().data()[i], " instead of exactly 0"));
            return;
        }
    }
}

void check_criterion(const Json& one, const Json&, Verdict& verdict) {
    const LabelSmoothedCrossEntropy criterion = criterion_of(one);
    const Index target = index_of(one.at("target"));
    const std::vector<bool> pad = padding(target, criterion.ignore_index);
    const Tolerance& tolerance = one.at("kind") == "large" ? loose : usual;

    const Variable lprobs(array_of(one.at("lprobs")));
    Expected expected{reference_of(one.at("loss")),
                      array_of(one.at("gout")),
                      {reference_of(one.at("grad_lprobs"))},
                      {},
                      {},
                      {}};
    drop_trailing_axis(expected, token_shape(lprobs.shape()), verdict);
    leave_smooth_term_out(expected, one, target, pad, verdict);
    const Function f = [&](const auto& x) { return criterion(x[0], target); };
    compare_with_padding("lprobs: ", f, lprobs, expected, pad, tolerance, verdict);

    if (one.at("logits").is_null()) {
        return;
    }
    const Variable logits(array_of(one.at("logits")));
    expected.gradients = {reference_of(one.at("grad_logits"))};
    if (one.contains("jvp_logits")) {
        expected.tangents = {array_of(one.at("v"))};
        expected.jvp = reference_of(one.at("jvp_logits"));
        expected.jvp.shape = expected.value.shape;
        expected.hvps = {reference_of(one.at("hvp_logits"))};
    }
    const Function composed = [&](const auto& x) {
        return criterion(log_softmax(x[0], -1), target);
    };
    compare("log_softmax: ", composed, {logits}, expected, tolerance, verdict);
    clear_padding(expected.gradients[0], pad, verdict);
    const Function direct = [&](const auto& x) { return criterion.from_logits(x[0], target); };
    compare_with_padding("from_logits: ", direct, logits, expected, pad, tolerance, verdict);
}

}  // namespace oracle
