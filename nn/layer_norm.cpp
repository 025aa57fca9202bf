#include <xtape/nn/layer_norm.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/ops/layer_norm.hpp>

namespace xtape {

LayerNorm::LayerNorm(std::size_t width, double eps)
    : gain(Array({width}, 1)), bias(Array({width}, 0)), epsilon(eps) {
    if (!(epsilon > 0)) {
        throw ValueError(text("LayerNorm: epsilon is ", epsilon, "; it must be positive"));
    }
}

Variable LayerNorm::operator()(const Variable& x) const {
    return layer_norm(x, gain, bias, epsilon);
}

Parameters LayerNorm::parameters() const {
    return Parameters().add("gain", gain).add("bias", bias);
}

}  // namespace xtape
