#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

/// q(k), the probability that class k should have.
double wanted(const LabelSmoothedCrossEntropy& settings, std::int64_t k, std::int64_t target,
              std::size_t classes) {
    const double eps = settings.smoothing;
    const auto n = static_cast<double>(classes);
    if (settings.convention == Convention::uniform) {
        return eps / n + (k == target ? 1 - eps : 0);
    }
    if (k == target) {
        return 1 - eps;
    }
    if (settings.convention == Convention::wrong_classes) {
        return eps / (n - 1);
    }
    return k == settings.ignore_index ? 0 : eps / (n - 2);
}

Dual loss_of_row(const LabelSmoothedCrossEntropy& settings, const Dual* lprobs, std::size_t classes,
                 std::int64_t target) {
    Dual loss(0);
    for (std::size_t k = 0; k < classes; ++k) {
        const double q = wanted(settings, static_cast<std::int64_t>(k), target, classes);
        loss = loss - Dual(q) * lprobs[k];
    }
    return loss;
}

}  // namespace

DualArray smoothed_loss(const LabelSmoothedCrossEntropy& settings, const DualArray& lprobs,
                        const Index& target) {
    const std::size_t classes = lprobs.shape.back();
    DualArray losses{Shape(lprobs.shape.begin(), lprobs.shape.end() - 1), {}};
    double count = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
        const bool ignored = target.data()[i] == settings.ignore_index;
        const Dual* row = lprobs.numbers.data() + i * classes;
        losses.numbers.push_back(ignored ? Dual(0)
                                         : loss_of_row(settings, row, classes, target.data()[i]));
        count += ignored ? 0 : 1;
    }
    if (settings.reduction == Reduction::none) {
        return losses;
    }
    const bool is_mean = settings.reduction == Reduction::mean && count > 0;
    return scale(reduce_sum(losses), is_mean ? 1 / count : 1);
}

}  // namespace xtape::dual
