#include <algorithm>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

bool is_one_of(const std::vector<std::int64_t>& classes, std::int64_t k) {
    return std::find(classes.begin(), classes.end(), k) != classes.end();
}

/// u(k): the smoothed mass, 1 over all classes, of a token with this target.
std::vector<double> smoothed_mass(const LabelSmoothedCrossEntropy& settings, std::size_t classes,
                                  std::int64_t target) {
    std::vector<double> u;
    double sum = 0;
    for (std::size_t i = 0; i < classes; ++i) {
        const auto k = static_cast<std::int64_t>(i);
        const bool takes_part =
            !is_one_of(settings.excluded, k) &&
            (settings.convention == Convention::uniform || k != target) &&
            (settings.convention != Convention::without_padding || k != settings.ignore_index);
        u.push_back(!takes_part ? 0 : settings.prior ? double{settings.prior->data()[i]} : 1);
        sum += u.back();
    }
    for (double& share : u) {
        share /= sum;
    }
    return u;
}

double weight_of(const LabelSmoothedCrossEntropy& settings, std::size_t k) {
    return settings.class_weight ? double{settings.class_weight->data()[k]} : 1;
}

Dual loss_of_row(const LabelSmoothedCrossEntropy& settings, const Dual* lprobs, std::size_t classes,
                 std::int64_t target) {
    const double eps = settings.smoothing;
    const std::vector<double> u = smoothed_mass(settings, classes, target);
    Dual loss(0);
    for (std::size_t k = 0; k < classes; ++k) {
        const double hit = static_cast<std::int64_t>(k) == target ? 1 - eps : 0;
        const double q = eps == 0 ? hit : hit + eps * u[k];
        loss = loss - Dual(q * weight_of(settings, k)) * lprobs[k];
    }
    return loss;
}

}  // namespace

DualArray smoothed_loss(const LabelSmoothedCrossEntropy& settings, const DualArray& lprobs,
                        const Index& target) {
    const std::size_t classes = lprobs.shape.back();
    DualArray losses{Shape(lprobs.shape.begin(), lprobs.shape.end() - 1), {}};
    double mass = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
        const bool ignored = target.data()[i] == settings.ignore_index;
        const Dual* row = lprobs.numbers.data() + i * classes;
        losses.numbers.push_back(ignored ? Dual(0)
                                         : loss_of_row(settings, row, classes, target.data()[i]));
        mass += ignored ? 0 : weight_of(settings, static_cast<std::size_t>(target.data()[i]));
    }
    if (settings.reduction == Reduction::none) {
        return losses;
    }
    const bool is_mean = settings.reduction == Reduction::mean;
    const double divisor = settings.normaliser.value_or(mass > 0 ? mass : 1);
    return scale(reduce_sum(losses), is_mean ? 1 / divisor : 1);
}

}  // namespace xtape::dual
