#include <xtape/nn/linear.hpp>

#include <cmath>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>

namespace xtape {

namespace {

Array initial_weight(std::size_t inputs, std::size_t outputs, Random& random) {
    const double bound = std::sqrt(6.0 / static_cast<double>(inputs + outputs));
    return random.uniform({inputs, outputs}, -bound, bound);
}

}  // namespace

Linear::Linear(std::size_t inputs, std::size_t outputs, Random& random)
    : weight(initial_weight(inputs, outputs, random)), bias(Array({outputs}, 0)) {}

Variable Linear::operator()(const Variable& x) const {
    return matmul(x, weight) + bias;
}

Parameters Linear::parameters() const {
    return Parameters().add("weight", weight).add("bias", bias);
}

}  // namespace xtape
