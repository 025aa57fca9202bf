#include <xtape/nn/gru_seq2seq.hpp>

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/softmax.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

GruConfig config() {
    GruConfig sizes;
    sizes.inputs = 3;
    sizes.width = 2;
    return sizes;
}

template <class Module>
Module make() {
    Random random(1);
    Module module(config(), random);
    std::uint64_t seed = 10;
    for (const auto& [name, variable] : module.parameters()) {
        Variable(variable).assign(random_array(variable.shape(), ++seed));  // biases as well
    }
    return module;
}

const Mask padding = {{false, false, false, true, true}, {false, false, false, false, false}};

GruMemory memory_of(const Array& states, const Mask& hidden = padding) {
    return {Variable(states), Variable(random_array({2, 4}, 2)), hidden};
}

/// One row and one position of a sequence.
Variable at(const Variable& x, std::ptrdiff_t row, std::ptrdiff_t position) {
    return slice(slice(x, 0, row, row + 1), 1, position, position + 1);
}

}  // namespace

TEST_SUITE("gru_encoder") {
    const Variable x(random_array({2, 5, 3}, 1));

    TEST_CASE("reads in both directions") {
        const auto encoder = make<GruEncoder>();
        const GruMemory memory = encoder(x, padding);
        const GruStates before = encoder.forward(x, padding);
        const GruStates after = encoder.backward(x, padding);
        const Array states = concat({before.all, after.all}, -1).value();
        CHECK(encoder.backward.direction == Direction::backward);
        CHECK(same_bits(memory.states.value(), states));
        CHECK(same_bits(memory.last.value(), concat({before.last, after.last}, -1).value()));
        CHECK(memory.padding == padding);
    }
    TEST_CASE("is not changed in a single bit by what stands at PAD, be it nan") {
        const auto encoder = make<GruEncoder>();
        const auto results = [&](Real value) {
            const Variable changed(with(x.value(), padding, value));
            std::vector<Variable> sources = encoder.parameters();
            sources.push_back(changed);
            Tape tape;
            const GruMemory memory = encoder(changed, padding);
            auto all = tape.gradients(memory.states, random_array({2, 5, 4}, 3), sources);
            all.push_back(memory.states);
            all.push_back(memory.last);
            return all;
        };
        const auto before = results(7);
        const auto after = results(NAN);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK(same_bits(before[i].value(), after[i].value()));
        }
    }
    TEST_CASE("drops what it reads, by other random numbers each time or the same ones") {
        const auto encoder = make<GruEncoder>();
        Random first(5);
        Random second(5);
        const Array y = encoder(x, padding, &first).states.value();
        CHECK(same_bits(y, encoder(x, padding, &second).states.value()));
        CHECK_FALSE(same_bits(y, encoder(x, padding, &first).states.value()));
        CHECK(same_bits(encoder(x, padding).last.value(), encoder(x, padding).last.value()));
    }
    TEST_CASE("has the right first and second derivatives") {
        auto encoder = make<GruEncoder>();
        const Function f = [&](const auto& in) {
            encoder.backward.cell.state.weight = in[1];
            const GruMemory memory = encoder(in[0], Mask{{false, false, true}});
            return concat({memory.states, unsqueeze(memory.last, 1)}, 1);
        };
        CHECK_GRADIENT(f, {random_array({1, 3, 3}, 1), random_array({2, 6}, 2)});
        CHECK_SECOND_GRADIENT(f, {random_array({1, 3, 3}, 1), random_array({2, 6}, 2)});
    }
    TEST_CASE("names its parameters") {
        const auto encoder = make<GruEncoder>();
        CHECK(encoder.parameters().size() == 8);
        CHECK(encoder.parameters().find("backward.state.weight")->id() ==
              encoder.backward.cell.state.weight.id());
    }
    TEST_CASE("refuses a mask of another shape, and a rate that is none") {
        CHECK_THROWS_WITH_AS(make<GruEncoder>()(Variable(random_array({2, 4, 3})), padding),
                             "GruEncoder: a sequence of shape [2, 4, 3] and a padding mask of "
                             "[2, 5]; expected [B, S, inputs] and [B, S]",
                             ShapeError);
        CHECK_THROWS_AS(make<GruEncoder>()(x, Mask()), ShapeError);
        GruConfig sizes = config();
        sizes.dropout = 1;
        Random random(1);
        CHECK_THROWS_AS(GruEncoder(sizes, random), ValueError);
        CHECK_THROWS_AS(GruDecoder(sizes, random), ValueError);
    }
}

TEST_SUITE("gru_decoder") {
    const Array states = random_array({2, 5, 4}, 1);
    const Variable x(random_array({2, 3, 3}, 3));

    TEST_CASE("steps, looks at the memory and joins what it found") {
        const auto decoder = make<GruDecoder>();
        const GruMemory memory = memory_of(states);
        const Variable y = decoder(x, memory);
        Variable h = tanh(decoder.initial(memory.last));
        for (std::ptrdiff_t t = 0; t < 3; ++t) {
            h = decoder.gru.cell(select(x, 1, t), h);
            for (const std::ptrdiff_t row : {0, 1}) {
                const Variable own = slice(h, 0, row, row + 1);
                const Variable seen =
                    slice(select(Variable(states), 0, row), 0, 0, row == 0 ? 3 : 5);
                const Variable scores =
                    matmul(decoder.query(own), seen, Operand::plain, Operand::transposed);
                const Variable found = matmul(softmax(scale(scores, Real(0.5)), -1), seen);
                const Variable expected = tanh(decoder.output(concat({own, found}, -1)));
                CHECK(close(squeeze(at(y, row, t), 0).value(), expected.value()));
            }
        }
    }
    TEST_CASE("says the same step by step") {
        const auto decoder = make<GruDecoder>();
        const Variable whole = decoder(x, memory_of(states));
        GruDecoder::State state = decoder.start(memory_of(states));
        for (std::ptrdiff_t t = 0; t < 3; ++t) {
            CHECK(state.length == static_cast<std::size_t>(t));
            const Variable y = decoder.step(slice(x, 1, t, t + 1), state);
            CHECK(close(y.value(), slice(whole, 1, t, t + 1).value()));
        }
    }
    TEST_CASE("does not change in a single bit when its future does") {
        const auto decoder = make<GruDecoder>();
        const Mask later = {{false, false, true}, {false, true, true}};
        const Variable y = decoder(x, memory_of(states));
        const Variable changed = decoder(Variable(with(x.value(), later, NAN)), memory_of(states));
        CHECK(same_bits(with(y.value(), later, 0), with(changed.value(), later, 0)));
        CHECK_FALSE(same_bits(at(y, 1, 1).value(), at(changed, 1, 1).value()));
    }
    TEST_CASE("is not changed in a single bit by what the memory holds at PAD, be it nan") {
        const auto decoder = make<GruDecoder>();
        const auto results = [&](Real value) {
            const GruMemory memory = memory_of(with(states, padding, value));
            std::vector<Variable> sources = decoder.parameters();
            sources.push_back(memory.states);
            Tape tape;
            const Variable y = decoder(x, memory);
            auto all = tape.gradients(y, random_array({2, 3, 2}, 4), sources);
            all.push_back(y);
            return all;
        };
        const auto before = results(7);
        const auto after = results(NAN);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK(same_bits(before[i].value(), after[i].value()));
        }
    }
    TEST_CASE("does not see PAD in what it reads, be it nan, and says 0 there") {
        const auto decoder = make<GruDecoder>();
        const Mask unsaid = {{false, true, true}, {false, false, true}};
        const Array u = random_array({2, 3, 2}, 4);
        const auto results = [&](Real value) {
            const Variable heard(with(x.value(), unsaid, value));
            std::vector<Variable> sources = decoder.parameters();
            sources.push_back(heard);
            Tape tape;
            const Variable y = decoder(heard, unsaid, memory_of(states));
            auto all = tape.gradients(y, u, sources);
            all.push_back(y);
            return all;
        };
        const auto before = results(7);
        const auto after = results(NAN);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK(same_bits(before[i].value(), after[i].value()));
        }
        const Array y = before.back().value();
        CHECK(same_bits(y, with(y, unsaid, 0)));
        CHECK(close(y, with(decoder(x, memory_of(states)).value(), unsaid, 0)));
    }
    TEST_CASE("finds nothing in a memory of PAD alone, and no nan either") {
        const auto encoder = make<GruEncoder>();
        const auto decoder = make<GruDecoder>();
        const Mask blind = {{true, true, true}, {false, false, true}};
        const Variable source(with(random_array({2, 3, 3}, 5), blind, NAN));
        std::vector<Variable> sources = decoder.parameters();
        for (const auto& [name, variable] : encoder.parameters()) {
            sources.push_back(variable);
        }
        sources.push_back(source);
        Tape tape;
        const Variable y = decoder(x, encoder(source, blind));
        CHECK(std::isfinite(inner_product(y.value(), y.value())));
        for (const Variable& g : tape.gradients(y, random_array({2, 3, 2}, 4), sources)) {
            CHECK(std::isfinite(inner_product(g.value(), g.value())));
        }
    }
    TEST_CASE("drops what it reads and what it says, while training") {
        const auto decoder = make<GruDecoder>();
        Random first(5);
        Random second(5);
        const Array y = decoder(x, memory_of(states), &first).value();
        CHECK(same_bits(y, decoder(x, memory_of(states), &second).value()));
        CHECK_FALSE(same_bits(y, decoder(x, memory_of(states)).value()));
    }
    TEST_CASE("has the right first and second derivatives") {
        const Mask hidden = {{false, false, true}};
        auto decoder = make<GruDecoder>();
        const Function f = [&](const auto& in) {
            decoder.initial.weight = in[3];
            decoder.query.weight = in[4];
            return decoder(in[0], {in[1], in[2], hidden});
        };
        const std::vector<Array> in = {random_array({1, 2, 3}, 1), random_array({1, 3, 4}, 2),
                                       random_array({1, 4}, 3), random_array({4, 2}, 4),
                                       random_array({2, 4}, 5)};
        CHECK_GRADIENT(f, in);
        CHECK_SECOND_GRADIENT(f, in);
    }
    TEST_CASE("passes gradients through the encoder to its source") {
        auto encoder = make<GruEncoder>();
        const auto decoder = make<GruDecoder>();
        const Function f = [&](const auto& in) {
            encoder.forward.cell.input.weight = in[1];
            return decoder(in[2], encoder(in[0], Mask{{false, false, true}}));
        };
        CHECK_GRADIENT(
            f, {random_array({1, 3, 3}, 1), random_array({3, 6}, 2), random_array({1, 2, 3}, 3)});
    }
    TEST_CASE("names its parameters") {
        const auto decoder = make<GruDecoder>();
        CHECK(decoder.parameters().size() == 2 + 4 + 2 + 2);
        CHECK(decoder.parameters().find("query.weight")->shape() == Shape{2, 4});
        CHECK(decoder.parameters().find("gru.state.bias") != nullptr);
    }
    TEST_CASE("refuses a memory of another width or batch") {
        const auto decoder = make<GruDecoder>();
        CHECK_THROWS_WITH_AS(decoder(x, memory_of(random_array({2, 5, 3}))),
                             "GruDecoder: a memory of states [2, 5, 3], last [2, 4] and padding "
                             "[2, 5]; expected [B, S, 4], [B, 4] and [B, S]",
                             ShapeError);
        CHECK_THROWS_AS(decoder.start(memory_of(random_array({2, 4, 4}))), ShapeError);
        CHECK_THROWS_AS(decoder(x, memory_of(random_array({3, 5, 4}))), ShapeError);
        CHECK_THROWS_AS(decoder(Variable(random_array({1, 3, 3})), memory_of(states)), ShapeError);
        CHECK_THROWS_AS(decoder(Variable(random_array({2, 3, 2})), memory_of(states)), ShapeError);
        CHECK_THROWS_AS(decoder(x, Mask{{false, false}}, memory_of(states)), ShapeError);
    }
}
