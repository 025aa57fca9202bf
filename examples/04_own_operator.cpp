// Your own operator: a function with three paragraphs, check, compute, record. The pullback is
// written in differentiable operators, and so second derivatives need no further line. Then the
// check: of the right rule, and of one with an exponent forgotten.

#include <cmath>
#include <iostream>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/power.hpp>

using namespace xtape;

namespace {

// y = x / sqrt(1 + x^2), element by element: a step as smooth as tanh, without exponentials.
//
// dy/dx = (1 + x^2)^(-3/2), and 1 - y^2 = 1 / (1 + x^2), so the output is all the way back needs:
//
//     dL/dx = g (1 - y^2)^(3/2).
Variable soft_step(const Variable& x) {
    if (x.value().size() == 0) {
        throw ShapeError(text("soft_step: shape ", x.shape(), " has no elements"));
    }

    Array numbers = x.value();
    for (Real& v : numbers) {
        v /= std::sqrt(1 + v * v);
    }

    const Variable y(std::move(numbers));
    return record("SoftStep", y, Input{x, [y](Variable g) {
                                           const Variable rest = 1 - y * y;
                                           return g * rest * sqrt(rest);
                                       }});
}

Variable wrong_step(const Variable& x) {
    const Variable y(Array(soft_step(x).value()));
    return record("WrongStep", y, Input{x, [y](Variable g) { return g * (1 - y * y); }});
}

}  // namespace

int main() {
    const Array at = {-2, -0.5, 0, 1, 3};
    const Function right = [](const auto& in) { return soft_step(in[0]); };
    const Function wrong = [](const auto& in) { return wrong_step(in[0]); };

    std::cout << "soft_step, first derivative:\n"
              << gradient_check(right, {at}) << '\n'
              << "soft_step, second derivative:\n"
              << second_gradient_check(right, {at}) << '\n'
              << "wrong_step:\n"
              << gradient_check(wrong, {at});
}
