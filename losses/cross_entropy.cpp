#include <xtape/losses/cross_entropy.hpp>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

constexpr const char* name = "cross_entropy";

}  // namespace

Variable CrossEntropy::from_logits(const Variable& logits, const Index& target) const {
    const auto [x, live, rows] =
        live_rows(logits, target, align(name, target, logits.shape(), ignore_index));
    const Alignment aligned = align(name, live, x.shape(), ignore_index);
    const Variable log_sum = logsumexp(x, -1, keep_dims);
    const Variable losses = log_sum - gather(x, -1, aligned.index);
    return rows.among_all(reduced(name, losses, aligned, reduction, normaliser), reduction);
}

Variable CrossEntropy::operator()(const Variable& lprobs, const Index& target) const {
    const Alignment aligned = align(name, target, lprobs.shape(), ignore_index);
    const Variable losses = negative_log_likelihood(lprobs, aligned);
    return reduced(name, losses, aligned, reduction, normaliser);
}

double CrossEntropy::mass(const Index& target) const {
    return static_cast<double>(count_of(target, ignore_index));
}

}  // namespace xtape
