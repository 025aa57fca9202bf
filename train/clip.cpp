#include <xtape/train/clip.hpp>

#include <cmath>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>

namespace xtape {

namespace {

std::string described(std::size_t i, const Parameters& names) {
    return i < names.size()
               ? "the gradient of " + (names.begin() + static_cast<std::ptrdiff_t>(i))->name
               : "gradient " + std::to_string(i);
}

double global_norm(const std::vector<Variable>& gradients, const Parameters& names) {
    double squares = 0;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        const Array& g = gradients[i].value();
        squares += sum(
            g.size(), [](auto v) { return v * v; }, g.data());
        if (!std::isfinite(squares)) {
            throw ValueError(text("clip_by_global_norm: ", described(i, names), " has the norm ",
                                  std::sqrt(squares), "; it must be finite"));
        }
    }
    return std::sqrt(squares);
}

}  // namespace

double clip_by_global_norm(std::vector<Variable>& gradients, double max_norm,
                           const Parameters& names) {
    if (!(max_norm > 0)) {
        throw ValueError(
            text("clip_by_global_norm: the largest norm is ", max_norm, "; it must be positive"));
    }
    const double norm = global_norm(gradients, names);
    const double factor = max_norm / (norm + 1e-6);
    if (factor < 1) {
        for (Variable& g : gradients) {
            g = scale(std::move(g), static_cast<Real>(factor));
        }
    }
    return norm;
}

}  // namespace xtape
