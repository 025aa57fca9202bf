#include <xtape/losses/detail/log_probabilities.hpp>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/masked_fill.hpp>

namespace xtape {

const LogSum& LogProbabilities::parts() {
    if (!parts_) {
        parts_ = xtape::log_sum(x_);
    }
    return *parts_;
}

Variable LogProbabilities::log_sum() {
    return parts().above + parts().top;
}

namespace {

/// c x of a constant x, which is nobody's node.
Variable constant_times(const Variable& x, Real c) {
    Array y = x.value();
    y *= c;
    return Variable(std::move(y));
}

}  // namespace

// Neither part of the sum is negative, so that it loses no digits.
Variable LogProbabilities::cross_entropy(const Variable& sum, double weight) {
    if (!are_logits_) {
        return -sum;
    }
    if (weight == 1) {
        return (parts().top - sum) + parts().above;
    }
    const Real w = static_cast<Real>(weight);
    return (constant_times(parts().top, w) - sum) + scale(parts().above, w);
}

Variable LogProbabilities::cross_entropy(const Variable& sum, const Array& weight) {
    if (!are_logits_) {
        return -sum;
    }
    const Variable w(weight);
    return (parts().top * w - sum) + parts().above * w;
}

Variable negative_log_likelihood(LogProbabilities lprobs, const Alignment& aligned) {
    Variable nll = lprobs.cross_entropy(gather(lprobs.x(), -1, aligned.index), 1);
    return aligned.has_padding() ? masked_fill(std::move(nll), aligned.pad, 0) : nll;
}

}  // namespace xtape
