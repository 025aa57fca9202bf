#pragma once

#include <optional>

#include <xtape/losses/detail/alignment.hpp>
#include <xtape/losses/reduction.hpp>

namespace xtape {

/// y = x w, in which a weight of 0 is filled, never multiplied, so that nan and -inf do no harm there.
/// What is not needed is left out: without weights y is x.
///
///     x        any shape
///     weights  broadcasts to x
Variable weighed(Variable x, std::optional<Array> weights);

/// c x, without a node where c is 1.
Variable scaled(const Variable& x, double c);

/// The losses of tokens, [..., 1], as a matrix [...] with Reduction::none, else their sum.
Variable sum_or_matrix(const Variable& losses, Reduction reduction, const Shape& tokens);

/// With Reduction::mean sum / normaliser or, without one, sum / mass, where a mass of 0 divides
/// nothing. With the other reductions the sum as it is.
Variable averaged(const Variable& sum, Reduction reduction, const std::optional<double>& normaliser,
                  double mass);

/// All of it for a loss in which every token weighs 1, and in which PAD has loss 0.
Variable reduced(const char* op, const Variable& losses, const Alignment& aligned,
                 Reduction reduction, const std::optional<double>& normaliser);

/// Throws ValueError unless a normaliser is positive, finite, and of a mean.
void require_normaliser(const char* op, Reduction reduction,
                        const std::optional<double>& normaliser);

}  // namespace xtape
