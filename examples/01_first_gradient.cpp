// The smallest program: f(x) = sum x^3, its tape, and its gradient 3 x^2.

#include <iostream>

#include <xtape/core/tape.hpp>
#include <xtape/core/views.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>

using namespace xtape;

int main() {
    const Variable x(Array{1, 2, 3});

    Tape tape;                                    // start writing
    const Variable loss = reduce_sum(x * x * x);  // every operation is noted down
    print(std::cout, tape, {{"x", x}});
    const Variable g = tape.gradients(loss, {x})[0];  // read the list from the end

    std::cout << "\nloss      " << loss.item() << "\ngradient ";
    for (const Real slope : g.value()) {
        std::cout << ' ' << slope;
    }
    std::cout << '\n';
}
