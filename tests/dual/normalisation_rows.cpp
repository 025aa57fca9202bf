#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

template <class Apply>
Row softened(const char* name, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(1, 4));
                const std::ptrdiff_t axis = d.axis(d.shape(x));
                Draft::require(d.shape(x)[from_front(axis, d.shape(x).size())] > 0);
                const auto along = [=](auto in) { return apply(std::move(in[0]), axis); };
                return Draft::call({x}, along, text(name, "(#", x, ", ", axis, ")"));
            }};
}

double draft_eps(Draft& d) {
    return d.choices.coin() ? 0.01 : 0.1;
}

Call draft_layer_norm(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4), {-30, 30});
    const std::size_t row_rank = 1 + d.choices.below(d.shape(x).size());
    const double eps = draft_eps(d);
    return Draft::call(
        {x}, [=](auto in) { return layer_norm(std::move(in[0]), row_rank, eps); },
        text("layer_norm(#", x, ", ", row_rank, ", ", eps, ")"));
}

Call draft_affine_layer_norm(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4), {-30, 30});
    const auto skipped = static_cast<std::ptrdiff_t>(d.choices.below(d.shape(x).size()));
    const Shape row(d.shape(x).begin() + skipped, d.shape(x).end());
    const std::size_t gain = d.operand(of_shape(row));
    const std::size_t bias = d.operand(of_shape(row));
    const double eps = draft_eps(d);
    return Draft::call(
        {x, gain, bias}, [=](auto in) { return layer_norm(std::move(in[0]), in[1], in[2], eps); },
        text("layer_norm(#", x, ", #", gain, ", #", bias, ", ", eps, ")"));
}

/// Non-negative numbers, one for each class, of which some are 0.
Array draft_weights(Draft& d, std::size_t classes) {
    Array weights = Array::from_shape({classes});
    for (Real& w : weights) {
        w = d.choices.one_in(4) ? 0 : d.choices.uniform(0.1, 2);
    }
    return weights;
}

/// Options of which the plain criterion knows nothing. At least two classes, not 0, keep a share, so
/// that any target leaves another one to have it.
void draft_options(Draft& d, LabelSmoothedCrossEntropy& settings, std::size_t classes) {
    if (d.choices.one_in(3)) {
        settings.class_weight = draft_weights(d, classes);
    }
    if (settings.reduction == Reduction::mean && d.choices.one_in(3)) {
        settings.normaliser = d.choices.uniform(0.5, 20);
    }
    if (classes < 4) {
        return;
    }
    if (d.choices.one_in(3)) {
        settings.excluded = {0, d.choices.coin() ? 0 : settings.ignore_index.value_or(0)};
        settings.excluded.resize(settings.excluded[1] >= 0 ? 2 : 1);
    }
    if (settings.convention != Convention::without_padding && d.choices.one_in(3)) {
        settings.excluded = {0};
        const double share = 1 / static_cast<double>(classes);
        settings.prior = Array(Shape{classes}, share);
        settings.prior->data()[0] = 0;
        settings.prior->data()[1] += share / 2;
        settings.prior->data()[classes - 1] += share / 2;
    }
}

LabelSmoothedCrossEntropy draft_settings(Draft& d, std::size_t classes) {
    constexpr Convention conventions[] = {Convention::uniform, Convention::wrong_classes,
                                          Convention::without_padding};
    constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};
    LabelSmoothedCrossEntropy settings;
    settings.smoothing = d.choices.one_in(4) ? 0 : d.choices.uniform(0, 1);
    settings.reduction = reductions[d.choices.below(3)];
    settings.convention = conventions[d.choices.below(std::min<std::size_t>(classes, 3))];
    if (settings.convention == Convention::without_padding) {
        settings.ignore_index = static_cast<std::int64_t>(d.choices.below(classes));
    } else if (d.choices.coin()) {
        settings.ignore_index = d.choices.coin() ? -100 : d.choices.between(0, 2);
    }
    draft_options(d, settings, classes);
    return settings;
}

Index draft_target(Draft& d, const LabelSmoothedCrossEntropy& settings, const Shape& scores) {
    Index target = d.index(Shape(scores.begin(), scores.end() - 1), scores.back());
    for (std::int64_t& label : target) {
        label = d.choices.one_in(4) ? settings.ignore_index.value_or(label) : label;
    }
    return target;
}

const char* name_of(Convention convention) {
    return convention == Convention::uniform         ? "uniform"
           : convention == Convention::wrong_classes ? "wrong_classes"
                                                     : "without_padding";
}

/// `loss(settings, scores, target)` says where the scores enter.
template <class Loss>
Row criterion(const char* name, Loss loss) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(1, 4), {-30, 30});
                Draft::require(d.shape(x).back() > 0);
                const auto settings = draft_settings(d, d.shape(x).back());
                const Index target = draft_target(d, settings, d.shape(x));
                return Draft::call(
                    {x}, [=](auto in) { return loss(settings, in[0], target); },
                    text(name, "(#", x, ", smoothing ", settings.smoothing, ", ",
                         name_of(settings.convention), ")"));
            }};
}

Variable smoothed_loss(const LabelSmoothedCrossEntropy& settings, const Variable& lprobs,
                       const Index& target) {
    return settings(lprobs, target);
}

Variable loss_of_logits(const LabelSmoothedCrossEntropy& settings, const Variable& logits,
                        const Index& target) {
    return settings.from_logits(logits, target);
}
DualArray loss_of_logits(const LabelSmoothedCrossEntropy& settings, const DualArray& logits,
                         const Index& target) {
    return dual::smoothed_loss(settings, log_softmax(logits, -1), target);
}

}  // namespace

std::vector<Row> normalisation_rows() {
    return {
        softened("log_softmax", [](auto x, auto axis) { return log_softmax(std::move(x), axis); }),
        softened("softmax", [](auto x, auto axis) { return softmax(std::move(x), axis); }),
        {"layer_norm", draft_layer_norm},
        {"layer_norm", draft_affine_layer_norm},
    };
}

const std::vector<Row>& criteria() {
    static const std::vector<Row> rows{
        criterion("label_smoothed_cross_entropy",
                  [](const auto& settings, const auto& lprobs, const Index& target) {
                      return smoothed_loss(settings, lprobs, target);
                  }),
        criterion("label_smoothed_cross_entropy from logits",
                  [](const auto& settings, const auto& logits, const Index& target) {
                      return loss_of_logits(settings, logits, target);
                  }),
    };
    return rows;
}

}  // namespace xtape::dual
