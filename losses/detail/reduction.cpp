#include <xtape/losses/detail/reduction.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

Variable weighed(Variable x, std::optional<Array> weights) {
    if (!weights) {
        return x;
    }
    const auto is_zero = [](Real w) { return w == 0; };
    const auto is_plain = [](Real w) { return w == 0 || w == 1; };
    if (std::any_of(weights->begin(), weights->end(), is_zero)) {
        Mask zeros = Mask::from_shape(weights->shape());
        std::transform(weights->begin(), weights->end(), zeros.begin(), is_zero);
        x = masked_fill(std::move(x), std::move(zeros), 0);
    }
    if (std::all_of(weights->begin(), weights->end(), is_plain)) {
        return x;
    }
    return std::move(x) * Variable(std::move(*weights));
}

Variable scaled(const Variable& x, double c) {
    return c == 1 ? x : scale(x, static_cast<Real>(c));
}

Variable sum_or_matrix(const Variable& losses, Reduction reduction, const Shape& tokens) {
    return reduction == Reduction::none ? reshape(losses, tokens) : reduce_sum(losses);
}

Variable averaged(const Variable& sum, Reduction reduction, const std::optional<double>& normaliser,
                  double mass) {
    if (reduction != Reduction::mean) {
        return sum;
    }
    const double divisor = normaliser.value_or(mass > 0 ? mass : 1);
    return scale(sum, 1 / static_cast<Real>(divisor));
}

Variable reduced(const char* op, const Variable& losses, const Alignment& aligned,
                 Reduction reduction, const std::optional<double>& normaliser) {
    require_normaliser(op, reduction, normaliser);
    return averaged(sum_or_matrix(losses, reduction, aligned.tokens), reduction, normaliser,
                    static_cast<double>(aligned.count));
}

void require_normaliser(const char* op, Reduction reduction,
                        const std::optional<double>& normaliser) {
    if (!normaliser) {
        return;
    }
    if (reduction != Reduction::mean) {
        throw ValueError(text(op, ": normaliser ", *normaliser,
                              " is set and nothing is divided; it goes with Reduction::mean"));
    }
    if (!(*normaliser > 0 && std::isfinite(*normaliser))) {
        throw ValueError(
            text(op, ": normaliser ", *normaliser, " must be greater than 0 and finite"));
    }
}

}  // namespace xtape
