#include <xtape/losses/cross_entropy.hpp>

#include <xtape/losses/detail/class_loss.hpp>

namespace xtape {

namespace {

constexpr const char* name = "cross_entropy";

Variable itself(Variable nll) {
    return nll;
}

}  // namespace

Variable CrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    return class_loss(name, *this, LogProbabilities::of_lprobs(lprobs), target, itself);
}

Variable CrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    return class_loss_of_logits(name, *this, logits, target, itself);
}

double CrossEntropy::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
