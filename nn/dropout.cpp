#include <xtape/nn/dropout.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/ops/dropout.hpp>

namespace xtape {

Dropout::Dropout(double probability) : rate(probability) {
    if (!(rate >= 0 && rate < 1)) {
        throw ValueError(text("Dropout: the rate ", rate, " is outside [0, 1)"));
    }
}

Variable Dropout::operator()(Variable x, Random* random) const {
    if (random == nullptr || rate == 0) {
        return x;
    }
    return dropout(std::move(x), rate, *random);
}

}  // namespace xtape
