#include <xtape/core/detail/gradient_check/hint.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/gradient_check/ratio.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

template <class Test>
bool all(const std::vector<Mismatch>& mismatches, Test test) {
    return std::all_of(mismatches.begin(), mismatches.end(), test);
}

/// Whether one factor explains every mismatch: then it is a forgotten factor, not noise.
bool have_constant_ratio(const std::vector<Mismatch>& mismatches) {
    const double ratio = mismatches.front().analytic / mismatches.front().numeric;
    return mismatches.size() > 1 && std::isfinite(ratio) &&
           all(mismatches, [ratio](const Mismatch& m) {
               return std::abs(m.analytic - ratio * m.numeric) <= (1 + std::abs(ratio)) * m.allowed;
           });
}

bool close(double a, double b) {
    constexpr double slack = sizeof(Real) == sizeof(double) ? 1e-7 : 1e-2;
    return std::abs(a - b) <= slack * std::max({1.0, std::abs(a), std::abs(b)});
}

/// Whether the tape's gradient of input p, seen through `order`, is what differences say of input q.
template <class Order>
bool match(const Readings& readings, const Jacobian& numeric, std::size_t p, std::size_t q,
           Order order) {
    for (std::size_t o = 0; o < readings.rows.size(); ++o) {
        const Array& row = readings.rows[o][p];
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!close(double{row.data()[order(i)]}, numeric[q][o][i])) {
                return false;
            }
        }
    }
    return true;
}

bool is_transposed(const Readings& readings, const Jacobian& numeric, std::size_t input) {
    const Shape& shape = readings.together[input].shape();
    const std::size_t rank = shape.size();
    if (rank < 2 || shape[rank - 1] != shape[rank - 2]) {
        return false;
    }
    const std::size_t n = shape[rank - 1];
    return match(readings, numeric, input, input, [n](std::size_t i) {
        const std::size_t first = i / (n * n) * (n * n);
        return first + i % n * n + (i - first) / n;
    });
}

bool are_exchanged(const Readings& readings, const Jacobian& numeric, std::size_t p,
                   std::size_t q) {
    const auto same = [](std::size_t i) { return i; };
    return readings.together[p].shape() == readings.together[q].shape() &&
           match(readings, numeric, p, q, same) && match(readings, numeric, q, p, same);
}

std::string hint_from_layout(const std::vector<Mismatch>& mismatches, const Readings& readings,
                             const Jacobian& numeric) {
    const auto differs = [&](std::size_t input) {
        return !all(mismatches, [input](const Mismatch& m) { return m.input != input; });
    };
    for (std::size_t p = 0; p < numeric.size(); ++p) {
        if (differs(p) && is_transposed(readings, numeric, p)) {
            return text("the gradient of input ", p, " is right but transposed");
        }
        for (std::size_t q = 0; q < p; ++q) {
            if (differs(p) && differs(q) && are_exchanged(readings, numeric, p, q)) {
                return text("the gradients of input ", q, " and input ", p, " are exchanged");
            }
        }
    }
    return "";
}

std::string hint_from_ratio(double ratio) {
    return ratio == -1 || close(ratio, -1)
               ? "analytic / numeric is -1 for all of them: the sign is wrong"
               : text("analytic / numeric is ", ratio_text(ratio),
                      " for all of them: a wrong factor, not noise");
}

}  // namespace

std::string hint_of(const std::vector<Mismatch>& mismatches, const Readings& readings,
                    const Jacobian& numeric, const CheckOptions& options) {
    if (all(mismatches, [](const Mismatch& m) { return std::isnan(m.analytic); })) {
        return "the rule returns NaN";
    }
    if (all(mismatches, [](const Mismatch& m) { return std::isnan(m.numeric); })) {
        return "the function is NaN there, or as near to it as differences reach";
    }
    if (all(mismatches, [](const Mismatch& m) { return m.doubt > 1e-3; })) {
        return options.stencil == Stencil::linear
                   ? "differences of other steps disagree: the function is not linear there, use "
                     "Stencil::smooth"
                   : "differences of other steps disagree: the function jumps there, or is noisy";
    }
    if (all(mismatches, [](const Mismatch& m) { return m.analytic == 0; })) {
        return "the rule returns 0 where the function changes: a path is missing, or one share "
               "overwrites another";
    }
    if (have_constant_ratio(mismatches)) {
        return hint_from_ratio(mismatches.front().analytic / mismatches.front().numeric);
    }
    return hint_from_layout(mismatches, readings, numeric);
}

}  // namespace xtape
