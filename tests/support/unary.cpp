#include "tests/support/unary.hpp"

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include "tests/support/arrays.hpp"

namespace xtape {

Array gradient_of(Unary f, const Array& at, const Array& g) {
    const Variable x(at);
    Tape tape;
    const Variable y = f(x);
    return tape.gradients(y, g, {x})[0].value();
}

void check_derivatives(Unary f, double low, double high) {
    const Function apply = [f](const auto& in) { return f(in[0]); };
    const Array at = random_array({2, 3}, low, high);
    CHECK(gradient_check(apply, {at}));
    CHECK(second_gradient_check(apply, {at}));
}

}  // namespace xtape
