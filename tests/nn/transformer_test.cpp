#include <xtape/nn/transformer.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gelu.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/relu.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

TransformerConfig config() {
    TransformerConfig sizes;
    sizes.width = 4;
    sizes.heads = 2;
    sizes.feed_forward = 6;
    return sizes;
}

TransformerConfig tiny_config() {
    TransformerConfig sizes;
    sizes.width = 3;
    sizes.heads = 1;
    sizes.feed_forward = 2;
    sizes.activation = Activation::gelu;  // smooth everywhere
    return sizes;
}

/// layer_norm bends sharply where the numbers of a row are close to each other.
const CheckOptions small_steps = {Stencil::smooth, Mode::full, 0x1p-10};

const Mask padding = {{false, false, false, true, true}, {false, false, false, false, false}};

/// x with `value` at the positions that `mask` marks.
Variable with(const Variable& x, const Mask& mask, Real value) {
    Array changed = x.value();
    for (std::size_t i = 0; i < changed.size(); ++i) {
        if (mask.data()[i / x.shape().back()]) {
            changed.data()[i] = value;
        }
    }
    return Variable(changed);
}

Array position(const Variable& x, std::ptrdiff_t t) {
    return slice(x, 1, t, t + 1).value();
}

}  // namespace

TEST_SUITE("feed_forward") {
    TEST_CASE("is two linear layers and what is between them") {
        for (const Activation activation : {Activation::relu, Activation::gelu}) {
            Random random(1);
            TransformerConfig sizes = config();
            sizes.activation = activation;
            const FeedForward feed_forward(sizes, random);
            const Variable x(random_array({2, 3, 4}));
            const Variable h = feed_forward.inner(x);
            const Variable expected =
                feed_forward.outer(activation == Activation::relu ? relu(h) : gelu(h));
            CHECK(same_bits(feed_forward(x).value(), expected.value()));
            CHECK(feed_forward.inner.weight.shape() == Shape{4, 6});
        }
    }
}

TEST_SUITE("encoder") {
    TEST_CASE("adds attention and feed-forward to what it reads, then normalises") {
        Random random(1);
        TransformerConfig sizes = config();
        sizes.encoder_layers = 1;
        const Encoder encoder(sizes, random);
        const EncoderLayer& layer = encoder.layers[0];
        const Variable x(random_array({2, 5, 4}));
        const Variable n = layer.attention_norm(x);
        const Variable h = x + layer.attention(n, n, hide_padding(padding));
        const Variable y = encoder.norm(h + layer.feed_forward(layer.feed_forward_norm(h)));
        CHECK(close(encoder(x, padding).value(), without_padding(y, padding).value()));
    }
    TEST_CASE("is not changed in a single bit by what stands at PAD") {
        Random random(1);
        const Encoder encoder(config(), random);
        const Variable x(random_array({2, 5, 4}));
        const Variable y = encoder(x, padding);
        for (const Real anything : {Real(0), Real(-1e30), std::numeric_limits<Real>::infinity(),
                                    std::numeric_limits<Real>::quiet_NaN()}) {
            CHECK(same_bits(encoder(with(x, padding, anything), padding).value(), y.value()));
        }
    }
    TEST_CASE("gives PAD no gradient") {
        Random random(1);
        const Encoder encoder(config(), random);
        const Variable x = with(Variable(random_array({2, 5, 4})), padding,
                                std::numeric_limits<Real>::quiet_NaN());
        Tape tape;
        const Variable loss = reduce_sum(slice(encoder(x, padding), 1, 0, 3));
        const Array g = tape.gradients(loss, {x})[0].value();
        CHECK(same_bits(with(Variable(g), padding, 0).value(), g));
        CHECK(g == g);  // no nan
    }
    TEST_CASE("has the right first and second derivatives") {
        Random random(1);
        EncoderLayer layer(tiny_config(), random);
        const Function f = [&](const auto& in) {
            layer.attention.key.weight = in[1];
            layer.feed_forward.inner.weight = in[2];
            return layer(in[0], Sequences({2, 1}));
        };
        const std::vector<Array> inputs = {random_array({3, 3}, -2, 2, 1), random_array({3, 3}, 2),
                                           random_array({3, 2}, 3)};
        CHECK(gradient_check(f, inputs, small_steps));
        CHECK(second_gradient_check(f, inputs, small_steps));
    }
    TEST_CASE("drops out only if it is given random numbers, and the same for the same ones") {
        Random random(1);
        const Encoder encoder(config(), random);
        const Variable x(random_array({2, 5, 4}));
        Random first(5);
        Random second(5);
        const Array y = encoder(x, padding, &first).value();
        CHECK(same_bits(y, encoder(x, padding, &second).value()));
        CHECK_FALSE(same_bits(y, encoder(x, padding).value()));
        CHECK(same_bits(encoder(x, padding).value(), encoder(x, padding).value()));
    }
    TEST_CASE("names its parameters") {
        Random random(1);
        const Encoder encoder(config(), random);
        const Parameters all = encoder.parameters();
        CHECK(all.size() == 2 * (8 + 4 + 4) + 2);
        CHECK(all.begin()->name == "0.attention_norm.gain");
        REQUIRE(all.find("1.attention.query.weight") != nullptr);
        CHECK(all.find("1.attention.query.weight")->id() ==
              encoder.layers[1].attention.query.weight.id());
        CHECK(all.find("norm.gain") != nullptr);
    }
    TEST_CASE("refuses a mask of another shape, and sizes that do not fit") {
        Random random(1);
        const Encoder encoder(config(), random);
        CHECK_THROWS_WITH_AS(encoder(Variable(random_array({2, 4, 4})), padding),
                             "Encoder: a sequence of shape [2, 4, 4] and a padding mask of [2, 5]; "
                             "expected [B, S, width] and [B, S]",
                             ShapeError);
        TransformerConfig sizes = config();
        sizes.heads = 3;
        CHECK_THROWS_AS(Encoder(sizes, random), ValueError);
        sizes = config();
        sizes.dropout = 1;
        CHECK_THROWS_AS(Encoder(sizes, random), ValueError);
    }
}

TEST_SUITE("decoder") {
    const Variable memory(random_array({2, 5, 4}, 1));
    const Variable x(random_array({2, 3, 4}, 2));
    const Mask padding_of_x = {{false, false, false}, {false, true, true}};

    TEST_CASE("adds attention to itself, to the memory, and feed-forward, then normalises") {
        Random random(1);
        TransformerConfig sizes = config();
        sizes.decoder_layers = 1;
        const Decoder decoder(sizes, random);
        const DecoderLayer& layer = decoder.layers[0];
        const Variable n = layer.attention_norm(x);
        const Variable own = x + layer.attention(n, n, hide_future(3));
        const Variable h =
            own + layer.memory_attention(layer.memory_norm(own), memory, hide_padding(padding));
        const Variable y = decoder.norm(h + layer.feed_forward(layer.feed_forward_norm(h)));
        CHECK(close(decoder(x, memory, padding).value(), y.value()));
    }
    TEST_CASE("does not change in a single bit when its future does") {
        Random random(1);
        const Decoder decoder(config(), random);
        const Variable y = decoder(x, memory, padding);
        for (const std::ptrdiff_t t : {0, 1}) {
            Mask later = Mask(Mask::shape_type{2, 3}, false);
            later(0, static_cast<std::size_t>(t) + 1) = true;
            const Variable changed = decoder(with(x, later, 9), memory, padding);
            for (std::ptrdiff_t s = 0; s <= t; ++s) {
                CHECK(same_bits(position(changed, s), position(y, s)));
            }
            CHECK_FALSE(same_bits(position(changed, t + 1), position(y, t + 1)));
        }
    }
    TEST_CASE("is not changed in a single bit by what stands at PAD, which gets no gradient") {
        Random random(1);
        const Decoder decoder(config(), random);
        const Array y = decoder(x, padding_of_x, memory, padding).value();
        for (const Real anything : {Real(1000), std::numeric_limits<Real>::quiet_NaN()}) {
            const Variable input = with(x, padding_of_x, anything);
            const Variable seen = with(memory, padding, anything);
            Tape tape;
            const Variable changed = decoder(input, padding_of_x, seen, padding);
            CHECK(same_bits(changed.value(), y));
            const auto g = tape.gradients(reduce_sum(changed), {input, seen});
            CHECK(same_bits(with(g[0], padding_of_x, 0).value(), g[0].value()));
            CHECK(same_bits(with(g[1], padding, 0).value(), g[1].value()));
            CHECK(g[0].value() == g[0].value());  // no nan
        }
    }
    TEST_CASE("says the same at tokens whether PAD is marked or not, and zeros at PAD") {
        Random random(1);
        const Decoder decoder(config(), random);
        const Variable marked = decoder(x, padding_of_x, memory, padding);
        CHECK(close(marked.value(),
                    without_padding(decoder(x, memory, padding), padding_of_x).value()));
    }
    TEST_CASE("gives zeros for a memory of nothing but PAD") {
        Random random(1);
        const DecoderLayer layer(config(), random);
        const Mask all(Mask::shape_type{2, 5}, true);
        Tape tape;
        const Variable y = layer.memory_attention(x, memory, hide_padding(all));
        CHECK(y.value() == Array(Shape{2, 3, 4}, 0));  // the output's bias
        const auto g = tape.gradients(y, random_array({2, 3, 4}, 3), {x, memory});
        CHECK(g[0].value() == Array(Shape{2, 3, 4}, 0));
        CHECK(g[1].value() == Array(Shape{2, 5, 4}, 0));
    }
    TEST_CASE("says the same step by step") {
        Random random(1);
        const Decoder decoder(config(), random);
        const Variable whole = decoder(x, memory, padding);
        Decoder::State state = decoder.start(memory, padding);
        for (std::ptrdiff_t t = 0; t < 3; ++t) {
            CHECK(state.length == static_cast<std::size_t>(t));
            const Variable y = decoder.step(slice(x, 1, t, t + 1), state);
            CHECK(close(y.value(), position(whole, t)));
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        Random random(1);
        DecoderLayer layer(tiny_config(), random);
        const Function f = [&](const auto& in) {
            layer.memory_attention.query.weight = in[2];
            return layer(in[0], Sequences({2, 1}), in[1], Sequences({1, 2}));
        };
        const std::vector<Array> inputs = {random_array({3, 3}, -2, 2, 1), random_array({3, 3}, 2),
                                           random_array({3, 3}, 3)};
        CHECK(gradient_check(f, inputs, small_steps));
        CHECK(second_gradient_check(f, inputs, small_steps));
    }
    TEST_CASE("names its parameters") {
        Random random(1);
        const Decoder decoder(config(), random);
        CHECK(decoder.parameters().size() == 2 * (2 * 8 + 4 + 3 * 2) + 2);
        CHECK(decoder.parameters().find("1.memory_attention.value.bias") != nullptr);
    }
    TEST_CASE("refuses a mask of another shape") {
        Random random(1);
        const Decoder decoder(config(), random);
        CHECK_THROWS_AS(decoder(x, x, padding), ShapeError);
        CHECK_THROWS_AS(decoder.start(x, padding), ShapeError);
        CHECK_THROWS_AS(decoder(Variable(random_array({3, 4})), memory, padding), ShapeError);
        CHECK_THROWS_AS(decoder(Variable(Real(1)), memory, padding), ShapeError);
        CHECK_THROWS_WITH_AS(decoder(x, padding, memory, padding),
                             "Decoder: a sequence of shape [2, 3, 4] and a padding mask of [2, 5]; "
                             "expected [B, S, width] and [B, S]",
                             ShapeError);
    }
}
