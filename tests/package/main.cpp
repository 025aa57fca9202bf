#include <iostream>

#include <xtape/xtape.hpp>

// L = sum_i x_i^2, so dL/dx = 2 x.
int main() {
    const xtape::Variable x(xtape::Array{1, 2, 3});

    xtape::Tape tape;
    const xtape::Variable loss = xtape::reduce_sum(x * x);
    const xtape::Array gradient = tape.gradients(loss, {x}).front().value();

    const bool right = gradient == xtape::Array{2, 4, 6};
    std::cout << (right ? "right" : "wrong") << ", with " << sizeof(xtape::Real) << "-byte numbers\n";
    return right ? 0 : 1;
}
