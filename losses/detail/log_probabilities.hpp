#pragma once

#include <optional>

#include <xtape/core/variable.hpp>
#include <xtape/losses/detail/alignment.hpp>
#include <xtape/ops/log_softmax.hpp>

namespace xtape {

/// The log-probabilities of all classes, or the scores they come from, log p(k) = x(k) - log sum. What
/// losses take of them are weighted sums, and
///
///     sum_k w(k) log p(k) = sum_k w(k) x(k) - log sum (sum_k w(k)):
///
/// one number a row is all that has to be subtracted, and the log-probabilities of a large vocabulary
/// need not exist.
class LogProbabilities {
public:
    static LogProbabilities of_lprobs(const Variable& lprobs) { return {lprobs, false}; }
    static LogProbabilities of_logits(const Variable& logits) { return {logits, true}; }

    const Variable& x() const { return x_; }
    bool are_logits() const { return are_logits_; }

    /// - sum_k w(k) log p(k), from sum_k w(k) x(k) and sum_k w(k).
    ///
    ///     sum      [..., 1]
    ///     weight   one number, or [..., 1]
    Variable cross_entropy(const Variable& sum, double weight);
    Variable cross_entropy(const Variable& sum, const Array& weight);

    /// log sum_k exp x(k), of logits.
    Variable log_sum();

private:
    LogProbabilities(const Variable& x, bool are_logits) : x_(x), are_logits_(are_logits) {}

    const LogSum& parts();

    Variable x_;
    bool are_logits_;
    std::optional<LogSum> parts_;
};

/// -log p(target) for each token, and 0 for PAD, as of what is certain.
///
///     lprobs   [..., V]
///     returns  [..., 1]
Variable negative_log_likelihood(LogProbabilities lprobs, const Alignment& aligned);

}  // namespace xtape
