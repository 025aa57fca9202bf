#include <xtape/losses/detail/smoothing.hpp>

#include <numeric>
#include <vector>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

/// d: in proportion to it the classes share the smoothed mass. Absent where all are 1.
std::optional<Array> shares(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    const bool is_without_padding = criterion.convention == Convention::without_padding;
    if (!criterion.prior && criterion.excluded.empty() && !is_without_padding) {
        return {};
    }
    Array d = criterion.prior ? *criterion.prior : Array(Shape{classes}, 1);
    for (const std::int64_t k : criterion.excluded) {
        d.data()[k] = 0;
    }
    if (is_without_padding) {
        d.data()[*criterion.ignore_index] = 0;
    }
    return d;
}

/// a b, where b repeats; a number that is absent is 1.
std::optional<Array> product(std::optional<Array> a, const std::optional<Array>& b) {
    if (!a || !b) {
        return a ? a : b;
    }
    for (std::size_t i = 0; i < a->size(); ++i) {
        a->data()[i] *= b->data()[i % b->size()];
    }
    return a;
}

/// For each token what `of_class` says of its target; 1 for PAD, which is filled.
template <class OfClass>
std::vector<double> for_targets(const Alignment& aligned, OfClass of_class) {
    std::vector<double> each(aligned.index.size(), 1);
    for (std::size_t i = 0; i < each.size(); ++i) {
        if (!aligned.pad.data()[i]) {
            each[i] = of_class(aligned.index.data()[i]);
        }
    }
    return each;
}

/// One number if it is the same for all tokens that count.
Factor factor_of(const std::vector<double>& each, const Alignment& aligned) {
    std::optional<double> first;
    for (std::size_t i = 0; i < each.size(); ++i) {
        if (aligned.pad.data()[i] || (first && each[i] == *first)) {
            continue;
        }
        if (first) {
            Array numbers = Array::from_shape(aligned.index.shape());
            std::copy(each.begin(), each.end(), numbers.begin());
            return {1, std::move(numbers)};
        }
        first = each[i];
    }
    return {first.value_or(1), {}};
}

/// The sum of the shares of all classes but the target.
double without_target(double total, double share_of_target, std::int64_t target) {
    if (!(total > share_of_target)) {
        throw ValueError(text("label_smoothed_cross_entropy: no class but the target ", target,
                              " has a share of the smoothed mass; another must have one"));
    }
    return total - share_of_target;
}

void share_out(const LabelSmoothedCrossEntropy& criterion, const std::optional<Array>& d,
               const Alignment& aligned, std::size_t classes, Weights& weights) {
    const double eps = criterion.smoothing;
    const double total =
        d ? std::accumulate(d->begin(), d->end(), 0.0) : static_cast<double>(classes);
    if (criterion.convention == Convention::uniform) {
        weights.smooth.of_all = eps / total;
        weights.nll.of_all = 1 - eps;
        return;
    }
    const auto share = [&d](std::int64_t k) { return d ? double{d->data()[k]} : 1.0; };
    const auto smooth = [&](std::int64_t k) { return eps / without_target(total, share(k), k); };
    const auto nll = [&](std::int64_t k) { return 1 - eps - smooth(k) * share(k); };
    if (!d) {
        weights.smooth.of_all = smooth(0);
        weights.nll.of_all = nll(0);
        return;
    }
    weights.smooth = factor_of(for_targets(aligned, smooth), aligned);
    weights.nll = factor_of(for_targets(aligned, nll), aligned);
}

/// The weights of the classes, and those of the two terms as far as tokens do not matter.
Weights weights_of_classes(const LabelSmoothedCrossEntropy& criterion, const Alignment& aligned,
                           std::size_t classes) {
    Weights weights{{}, static_cast<double>(classes), {}, {}, static_cast<double>(aligned.count)};
    if (criterion.smoothing > 0) {
        const std::optional<Array> d = shares(criterion, classes);
        share_out(criterion, d, aligned, classes, weights);
        weights.classes = product(d, criterion.class_weight);
        if (weights.classes) {
            weights.sum_of_classes =
                std::accumulate(weights.classes->begin(), weights.classes->end(), 0.0);
        }
    }
    return weights;
}

}  // namespace

Weights weights_of(const LabelSmoothedCrossEntropy& criterion, const Alignment& aligned,
                   std::size_t classes) {
    Weights weights = weights_of_classes(criterion, aligned, classes);
    if (criterion.class_weight) {
        Array each(aligned.index.shape(), 1);
        weights.mass = 0;
        for (std::size_t i = 0; i < each.size(); ++i) {
            if (!aligned.pad.data()[i]) {
                each.data()[i] = criterion.class_weight->data()[aligned.index.data()[i]];
                weights.mass += double{each.data()[i]};
            }
        }
        weights.nll.of_each = product(std::move(each), weights.nll.of_each);
    }
    return weights;
}

Weights weights_of(const LabelSmoothedCrossEntropy& criterion, const Array& distribution,
                   const Alignment& aligned) {
    Weights weights = weights_of_classes(criterion, aligned, distribution.shape().back());
    weights.nll.of_each = product(distribution, criterion.class_weight);
    if (criterion.class_weight) {
        const Array& each = *weights.nll.of_each;
        weights.mass = std::accumulate(each.begin(), each.end(), 0.0);
    }
    return weights;
}

}  // namespace xtape
