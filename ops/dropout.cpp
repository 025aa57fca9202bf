#include <xtape/ops/dropout.hpp>

#include <memory>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

namespace {

using Kept = std::shared_ptr<const Mask>;

/// y_i = c x_i where kept, 0 elsewhere; x may be y. Compilers vectorise a loop that reads bytes but
/// not one that reads bools.
void keep_or_zero(std::size_t n, Real* y, const bool* kept, const Real* x, Real c) {
    const auto* flags = reinterpret_cast<const unsigned char*>(kept);
    for (std::size_t i = 0; i < n; ++i) {
        const Real scaled = c * x[i];
        y[i] = flags[i] != 0 ? scaled : Real(0);
    }
}

// y_i = c x_i [i kept] is linear, and its matrix is diagonal, so its own transpose:
//
//     dL/dx_i = c g_i [i kept].
Variable keep_scaled(Variable x, const Kept& kept, Real c) {
    Input to_x{x, [kept, c](Variable g) { return keep_scaled(std::move(g), kept, c); }};
    const bool in_place = x.is_unique();
    Array y = in_place ? reuse_or_copy(x) : Array::from_shape(x.shape());
    keep_or_zero(y.size(), y.data(), kept->data(), in_place ? y.data() : x.value().data(), c);
    return record({"Dropout", {{"scale", c}}}, std::move(y), std::move(to_x));
}

}  // namespace

Variable dropout(Variable x, double p, Random& random) {
    if (!(p >= 0 && p < 1)) {
        throw ValueError(text("dropout: probability ", p, " is outside [0, 1)"));
    }
    if (p == 0) {
        return x;
    }
    const auto kept = std::make_shared<const Mask>(random.bernoulli(x.shape(), 1 - p));
    return keep_scaled(std::move(x), kept, Real(1 / (1 - p)));
}

}  // namespace xtape
