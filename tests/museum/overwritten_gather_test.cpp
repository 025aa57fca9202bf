#include <doctest/doctest.h>

#include <xtape/ops/gather.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// Sets where scatter_add adds: of what meets in one place, the last one stays.
Array scatter(const Array& g, const Index& index, const Shape& shape) {
    Array z(shape, 0);
    for (std::size_t i = 0; i < index.size(); ++i) {
        z.data()[index.data()[i]] = g.data()[i];
    }
    return z;
}

/// gather along the only axis of x, with that for its way back.
Variable gather_that_overwrites(const Variable& x, const Index& index) {
    const auto pullback = [index, shape = x.shape()](const Variable& g) {
        return Variable(scatter(g.value(), index, shape));
    };
    return record("Gather", gather(x, 0, index).value(), Input{x, pullback});
}

Array gradient_at(const Index& index, Variable (*pick)(const Variable&, const Index&)) {
    const Variable x(Array{0.1, 0.2});
    Tape tape;
    return tape.gradients(pick(x, index), Array{0.25, 0.5}, {x})[0].value();
}

}  // namespace

TEST_SUITE("museum: a gather whose gradient is overwritten") {
    const auto ours = [](const Variable& x, const Index& index) { return gather(x, 0, index); };

    TEST_CASE("is right while no element is picked twice") {
        const Index once = {1, 0};
        CHECK(gradient_at(once, gather_that_overwrites) == gradient_at(once, ours));
        CHECK(gradient_check([&](const auto& in) { return gather_that_overwrites(in[0], once); },
                             {Array{0.1, 0.2}}, {Stencil::linear}));
    }
    TEST_CASE("forgets all but one of the gradients of what was picked twice") {
        const Index twice = {0, 0};
        CHECK(gradient_at(twice, gather_that_overwrites) == Array{0.5, 0});
        CHECK(gradient_at(twice, ours) == Array{0.75, 0});
        CHECK_FALSE(
            gradient_check([&](const auto& in) { return gather_that_overwrites(in[0], twice); },
                           {Array{0.1, 0.2}}, {Stencil::linear}));
    }
}
