#include <xtape/losses/kl.hpp>

#include <cmath>

#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/reduction.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape {

namespace {

constexpr const char* name = "kl";

/// log q, and 0 where q is 0.
Variable log_of(Array q) {
    for (Real& v : q) {
        v = v > 0 ? std::log(v) : 0;
    }
    return Variable(std::move(q));
}

}  // namespace

Variable KullbackLeibler::operator()(const Variable& lprobs, const Array& distribution) const {
    const Alignment aligned = align(name, distribution, lprobs.shape());
    const Variable terms = weighed(log_of(distribution) - lprobs, distribution);
    const Variable losses = reduce_sum(terms, {-1}, keep_dims);
    return reduced(name, losses, aligned, reduction, normaliser);
}

Variable KullbackLeibler::from_logits(const Variable& logits, const Array& distribution) const {
    auto [scores, live, rows] =
        live_rows(logits, distribution, align(name, distribution, logits.shape()));
    return rows.among_all((*this)(log_softmax(std::move(scores), -1), live), reduction);
}

double KullbackLeibler::mass(const Array& distribution) const {
    return static_cast<double>(align(name, distribution, distribution.shape()).count);
}

}  // namespace xtape
