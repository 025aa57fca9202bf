// Tapes nest. While the inner tape is read, the outer one goes on recording, and so the gradient is
// one more function to differentiate: x^3 -> 3 x^2 -> 6 x.
//
// The second part multiplies a Hessian by a vector without ever forming it: the gradient of <g, v>
// is H v. For f(x) = sum x_i^2 x_(i+1), each row of H has but three entries.

#include <iostream>

#include <xtape/core/tape.hpp>
#include <xtape/core/views.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/slice.hpp>

using namespace xtape;

namespace {

Variable gradient_of_cube(const Variable& x) {
    Tape inner;
    return inner.gradients(x * x * x, {x})[0];
}

Variable gradient_of_chain(const Variable& x) {
    Tape inner;
    const Variable left = slice(x, 0, 0, 3);
    const Variable right = slice(x, 0, 1, 4);
    return inner.gradients(reduce_sum(left * left * right), {x})[0];
}

void print_row(const char* name, const Array& row) {
    std::cout << name;
    for (const Real number : row) {
        std::cout << ' ' << number;
    }
    std::cout << '\n';
}

}  // namespace

int main() {
    const Variable x(Real(2));
    {
        Tape outer;
        const Variable slope = gradient_of_cube(x);
        std::cout << "x^3 at 2: slope " << slope.item();
        std::cout << ", curvature " << outer.gradients(slope, {x})[0].item() << "\n\n";
    }

    const Variable p(Array{1, 2, 3, 4});
    const Array v = {1, 0, -1, 2};
    Tape outer;
    const Variable g = gradient_of_chain(p);
    print_row("gradient        ", g.value());
    print_row("Hessian times v ", outer.gradients(g, v, {p})[0].value());
}
