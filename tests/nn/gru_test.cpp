#include <xtape/nn/gru.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// A layer all of whose parameters, biases too, are random.
template <class Layer>
void shake(const Layer& layer) {
    std::uint64_t seed = 10;
    for (const auto& [name, variable] : layer.parameters()) {
        Variable(variable).assign(random_array(variable.shape(), ++seed));
    }
}

Gru make_gru(std::size_t inputs, std::size_t width, Direction direction = Direction::forward) {
    Random random(1);
    Gru gru(inputs, width, random, direction);
    shake(gru);
    return gru;
}

/// One number to read, one to remember; r = z = 1/2 and n = tanh(x + h).
Gru make_halving() {
    Gru gru = make_gru(1, 1);
    gru.cell.input.weight.assign(array_of({1, 3}, {0, 0, 1}));
    gru.cell.state.weight.assign(array_of({1, 3}, {0, 0, 2}));
    gru.cell.input.bias.assign(Array{0, 0, 0});
    gru.cell.state.bias.assign(Array{0, 0, 0});
    return gru;
}

Array at(const Variable& x, std::ptrdiff_t t) {
    return select(x, 1, t).value();
}

const Mask padding = {{false, false, true, true}, {false, false, false, false}};

/// What a Gru computes, as a function of x, the initial state and its parameters.
Function function_of(const Direction direction, const Mask& hidden) {
    return [hidden, gru = make_gru(2, 2, direction)](const std::vector<Variable>& in) mutable {
        gru.cell.input.weight = in[2];
        gru.cell.input.bias = in[3];
        gru.cell.state.weight = in[4];
        gru.cell.state.bias = in[5];
        return gru(in[0], hidden, in[1]).all;
    };
}

}  // namespace

TEST_SUITE("gru_cell") {
    TEST_CASE("keeps a share of the state and adds what is new") {  // n = tanh(-2 + 2) = 0
        const GruCell cell = make_halving().cell;
        const Variable x(array_of({1, 1}, {-2}));
        const Variable h(array_of({1, 1}, {2}));
        CHECK(cell(x, h).value() == array_of({1, 1}, {1}));
    }
    TEST_CASE("is the composition that its declaration says") {
        const GruCell cell = make_gru(3, 2).cell;
        const Variable x(random_array({4, 3}, 1));
        const Variable h(random_array({4, 2}, 2));
        const Variable a = cell.input(x);
        const Variable b = cell.state(h);
        const Variable r = sigmoid(slice(a, -1, 0, 2) + slice(b, -1, 0, 2));
        const Variable z = sigmoid(slice(a, -1, 2, 4) + slice(b, -1, 2, 4));
        const Variable n = tanh(slice(a, -1, 4) + r * slice(b, -1, 4));
        CHECK(close(cell(x, h).value(), ((1 - z) * n + z * h).value()));
    }
    TEST_CASE("takes any number of axes before the last") {
        const GruCell cell = make_gru(3, 2).cell;
        CHECK(cell(Variable(random_array({3})), Variable(random_array({2}))).shape() == Shape{2});
        CHECK(cell(Variable(random_array({5, 4, 3})), Variable(random_array({5, 4, 2}))).shape() ==
              Shape{5, 4, 2});
    }
    TEST_CASE("names its parameters") {
        const GruCell cell = make_gru(3, 2).cell;
        const Parameters all = cell.parameters();
        CHECK(all.size() == 4);
        CHECK(all.find("input.weight")->shape() == Shape{3, 6});
        CHECK(all.find("state.weight")->shape() == Shape{2, 6});
        CHECK(all.find("state.bias")->id() == cell.state.bias.id());
    }
    TEST_CASE("refuses rows of other lengths") {
        const GruCell cell = make_gru(3, 2).cell;
        const auto of = [](const Shape& shape) { return Variable(random_array(shape)); };
        CHECK_THROWS_WITH_AS(cell(of({4, 2}), of({4, 2})),
                             "GruCell: x has shape [4, 2] and h [4, 2]; expected [..., 3] and "
                             "[..., 2]",
                             ShapeError);
        CHECK_THROWS_AS(cell(of({4, 3}), of({4, 3})), ShapeError);
        CHECK_THROWS_AS(cell(of({4, 3}), of({1, 2})), ShapeError);
        CHECK_THROWS_AS(cell(of({}), of({2})), ShapeError);
    }
}

TEST_SUITE("gru") {
    TEST_CASE("hands its state from position to position") {
        const Variable x(array_of({1, 3, 1}, {-4, -2, -1}));
        const GruStates states = make_halving()(x, Mask(), Variable(array_of({1, 1}, {4})));
        CHECK(states.all.value() == array_of({1, 3, 1}, {2, 1, 0.5}));
        CHECK(states.last.value() == array_of({1, 1}, {0.5}));
    }
    TEST_CASE("computes what PyTorch's does") {  // whose weights are given, and x as [T, B, inputs]
        Gru gru = make_gru(3, 2);
        const Array x = array_of(
            {3, 2, 3}, {-0.919, -0.914, -0.808, 0.882, 0.531, -0.942, 0.754, 0.532, 0.767, 0.563,
                        -0.312, 0.261, 0.432, 0.049, -0.659, -0.055, -0.901, -0.865});
        const Array w = {{-0.75, -0.615, 0.769}, {0.82, -0.187, 0.292},  {0.728, -0.597, -0.903},
                         {0.909, 0.292, -0.801}, {-0.929, 0.642, 0.151}, {-0.229, -0.399, 0.219}};
        const Array u = {{-0.152, -0.404}, {-0.014, 0.951}, {0.421, 0.775},
                         {0.147, 0.796},   {-0.42, -0.886}, {-0.62, 0.916}};
        gru.cell.input.weight.assign(transpose(Variable(w)).value());
        gru.cell.state.weight.assign(transpose(Variable(u)).value());
        gru.cell.input.bias.assign(Array{-0.041, -0.498, -0.115, -0.17, -0.487, -0.019});
        gru.cell.state.bias.assign(Array{0.061, -0.35, 0.161, 0.243, 0.06, 0.361});
        const Variable h(Array{{-0.373, -0.174}, {0.538, -0.709}});
        Tape tape;
        const Variable last = gru(transpose(Variable(x), 0, 1), Mask(), h).last;
        CHECK(close(last.value(), Array{{-0.54980907474781, 0.13501086771914572},
                                        {-0.3965054613354779, -0.0893797443548327}}));
        const auto g = tape.gradients(last, Array{{0.645, 0.505}, {0.732, 1.206}},
                                      {h, gru.cell.input.bias, gru.cell.state.bias});
        CHECK(close(g[0].value(), Array{{0.022723039959821112, 0.09403208212098174},
                                        {0.10867368984937899, 0.23936430114945767}}));
        CHECK(close(g[1].value(),
                    Array{0.03660014696285013, 0.05420509952856268, 0.25785207952257744,
                          -0.2932914574724877, 0.5265137662330088, 1.4264091590926418}));
        CHECK(close(g[2].value(),
                    Array{0.03660014696285013, 0.05420509952856268, 0.25785207952257744,
                          -0.2932914574724877, 0.24672121085821355, 0.3912731825140042}));
    }
    TEST_CASE("is its cell, step by step, and begins with zeros") {
        const Gru gru = make_gru(3, 2);
        const Variable x(random_array({2, 4, 3}));
        const GruStates states = gru(x);
        Variable h(Array({2, 2}, 0));
        for (std::ptrdiff_t t = 0; t < 4; ++t) {
            h = gru.cell(select(x, 1, t), h);
            CHECK(close(at(states.all, t), h.value()));
        }
        CHECK(same_bits(states.last.value(), at(states.all, 3)));
    }
    TEST_CASE("reads backward what forward is a sequence turned round") {
        const Gru gru = make_gru(3, 2);
        Gru backward = gru;
        backward.direction = Direction::backward;
        const Variable x(random_array({2, 4, 3}));
        const GruStates there = gru(flip(x, {1}));
        const GruStates back = backward(x);
        CHECK(same_bits(flip(there.all, {1}).value(), back.all.value()));
        CHECK(same_bits(there.last.value(), at(back.all, 0)));
        CHECK(same_bits(there.last.value(), back.last.value()));
    }
    TEST_CASE("leaves its state as it is at PAD") {
        const Variable x(random_array({2, 4, 3}));
        const Variable initial(random_array({2, 2}, 5));
        const GruStates states = make_gru(3, 2)(x, padding, initial);
        CHECK(states.all.value()(0, 3, 1) == states.all.value()(0, 1, 1));
        CHECK(states.last.value()(0, 1) == states.all.value()(0, 1, 1));
        CHECK(states.last.value()(1, 1) != states.all.value()(1, 1, 1));
        const GruStates back = make_gru(3, 2, Direction::backward)(x, padding, initial);
        CHECK(back.all.value()(0, 2, 1) == initial.value()(0, 1));
        CHECK(back.all.value()(0, 1, 1) != initial.value()(0, 1));
    }
    TEST_CASE("of a padded row says what it says of the row alone") {
        for (const Direction direction : {Direction::forward, Direction::backward}) {
            const Gru gru = make_gru(3, 2, direction);
            const Variable x(random_array({2, 4, 3}));
            const GruStates padded = gru(x, padding);
            const GruStates alone = gru(slice(slice(x, 0, 0, 1), 1, 0, 2));
            CHECK(close(slice(padded.last, 0, 0, 1).value(), alone.last.value(), 1e-15));
        }
    }
    TEST_CASE("is not changed in a single bit by what stands at PAD, be it nan") {
        const Array numbers = random_array({2, 4, 3});
        for (const Direction direction : {Direction::forward, Direction::backward}) {
            const Gru gru = make_gru(3, 2, direction);
            const auto results = [&](Real value) {
                const Variable x(with(numbers, padding, value));
                std::vector<Variable> sources = gru.parameters();
                sources.push_back(x);
                Tape tape;
                const GruStates states = gru(x, padding);
                auto all = tape.gradients(states.all, random_array({2, 4, 2}, 3), sources);
                CHECK(same_bits(with(all.back().value(), padding, 0), all.back().value()));
                all.push_back(states.all);
                all.push_back(states.last);
                return all;
            };
            const auto before = results(7);
            const auto after = results(NAN);
            for (std::size_t i = 0; i < before.size(); ++i) {
                CHECK(same_bits(before[i].value(), after[i].value()));
            }
        }
    }
    TEST_CASE("does not mind a mask that marks nothing") {
        const Gru gru = make_gru(3, 2);
        const Variable x(random_array({2, 4, 3}));
        const Mask none(Mask::shape_type{2, 4}, false);
        CHECK(same_bits(gru(x).all.value(), gru(x, none).all.value()));
    }
    TEST_CASE("of rows of PAD alone stays at its beginning") {
        const Mask all(Mask::shape_type{2, 4}, true);
        const Variable initial(random_array({2, 2}, 5));
        const Variable x(Array({2, 4, 3}, NAN));
        const Gru gru = make_gru(3, 2);
        Tape tape;
        const GruStates states = gru(x, all, initial);
        CHECK(same_bits(states.last.value(), initial.value()));
        const auto g =
            tape.gradients(states.last, Array({2, 2}, 1), {initial, x, gru.cell.state.weight});
        CHECK(g[0].value() == Array({2, 2}, 1));
        CHECK(g[1].value() == Array({2, 4, 3}, 0));
        CHECK(g[2].value() == Array({2, 6}, 0));
    }
    TEST_CASE("of nothing has no states, and ends where it begins") {
        const Variable initial(random_array({2, 2}, 5));
        const GruStates states =
            make_gru(3, 2)(Variable(Array::from_shape({2, 0, 3})), Mask(), initial);
        CHECK(states.all.shape() == Shape{2, 0, 2});
        CHECK(same_bits(states.last.value(), initial.value()));
        CHECK(make_gru(3, 2)(Variable(Array::from_shape({0, 4, 3}))).all.shape() == Shape{0, 4, 2});
    }
    TEST_CASE("has the right first and second derivatives") {
        const std::vector<Array> in = {random_array({2, 4, 2}, 1), random_array({2, 2}, 2),
                                       random_array({2, 6}, 3),    random_array({6}, 4),
                                       random_array({2, 6}, 5),    random_array({6}, 6)};
        for (const Mask& hidden : {Mask(), padding}) {
            for (const Direction direction : {Direction::forward, Direction::backward}) {
                CHECK_GRADIENT(function_of(direction, hidden), in);
            }
        }
        CHECK_SECOND_GRADIENT(function_of(Direction::forward, padding), in);
        CHECK_SECOND_GRADIENT(function_of(Direction::backward, Mask()), in);
    }
    TEST_CASE("is one product of all tokens and one operation for all steps, without PAD") {
        const Gru gru = make_gru(3, 2);
        const Variable x(random_array({2, 4, 3}));
        Tape tape;
        gru(x, padding);
        std::vector<std::string> ops;
        for (const Note& note : tape.notes()) {
            ops.push_back(note.op);
        }
        CHECK(ops == std::vector<std::string>{"Embedding", "Reshape", "Embedding", "MatMul", "Add",
                                              "GruStates", "Embedding", "Embedding"});
        CHECK(tape.notes()[3].shape == Shape{6, 6});
        CHECK(tape.notes()[5].shape == Shape{2 + 6, 2});
    }
    TEST_CASE("refuses what does not fit") {
        const Gru gru = make_gru(3, 2);
        const Variable x(random_array({2, 4, 3}));
        CHECK_THROWS_WITH_AS(gru(Variable(random_array({4, 3}))),
                             "Gru: x has shape [4, 3]; expected [B, T, 3]", ShapeError);
        CHECK_THROWS_WITH_AS(gru(Variable(random_array({2, 4, 2}))),
                             "Gru: x has shape [2, 4, 2]; expected [B, T, 3]", ShapeError);
        CHECK_THROWS_WITH_AS(gru(x, Mask(Mask::shape_type{2, 3}, false)),
                             "Gru: a sequence of shape [2, 4, 3] and a padding mask of [2, 3]; "
                             "expected [B, T, 3] and [B, T]",
                             ShapeError);
        CHECK_THROWS_AS(gru(x, Mask(Mask::shape_type{}, true)), ShapeError);
        CHECK_THROWS_WITH_AS(gru(x, Mask(), Variable(random_array({1, 2}))),
                             "Gru: the initial state has shape [1, 2]; for this batch it would be "
                             "[2, 2]",
                             ShapeError);
    }
}
