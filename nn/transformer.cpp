#include <xtape/nn/transformer.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/gelu.hpp>
#include <xtape/ops/relu.hpp>

namespace xtape {

namespace {

template <class Layer>
std::vector<Layer> stack(std::size_t count, const TransformerConfig& config, Random& random) {
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < count; ++i) {
        layers.emplace_back(config, random);
    }
    return layers;
}

template <class Layer>
Parameters parameters_of(const std::vector<Layer>& layers, const LayerNorm& norm) {
    Parameters all;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        all.add(std::to_string(i), layers[i].parameters());
    }
    return all.add("norm", norm.parameters());
}

void require_padding(const char* module, const Mask& padding, const Variable& x) {
    const Shape& shape = x.shape();
    if (shape.size() != 3 || padding.shape() != Shape{shape[0], shape[1]}) {
        throw ShapeError(text(module, ": a sequence of shape ", shape, " and a padding mask of ",
                              padding.shape(), "; expected [B, S, width] and [B, S]"));
    }
}

KeyValues appended(const KeyValues& old, const KeyValues& next) {
    return {concat({old.keys, next.keys}, 2), concat({old.values, next.values}, 2)};
}

}  // namespace

FeedForward::FeedForward(const TransformerConfig& config, Random& random)
    : inner(config.width, config.feed_forward, random),
      outer(config.feed_forward, config.width, random),
      dropout(config.dropout),
      activation(config.activation) {}

Variable FeedForward::operator()(const Variable& x, Random* random) const {
    Variable h = inner(x);
    h = activation == Activation::relu ? relu(std::move(h)) : gelu(std::move(h));
    return outer(dropout(std::move(h), random));
}

Parameters FeedForward::parameters() const {
    return Parameters().add("inner", inner.parameters()).add("outer", outer.parameters());
}

EncoderLayer::EncoderLayer(const TransformerConfig& config, Random& random)
    : attention_norm(config.width),
      attention(config.width, config.heads, config.dropout, random),
      feed_forward_norm(config.width),
      feed_forward(config, random),
      dropout(config.dropout) {}

Variable EncoderLayer::operator()(const Variable& x, const Sequences& sequences,
                                  Random* random) const {
    const Variable n = attention_norm(x);
    const Variable h = x + dropout(attention(n, sequences, Sight::all, random), random);
    return h + dropout(feed_forward(feed_forward_norm(h), random), random);
}

Parameters EncoderLayer::parameters() const {
    return Parameters()
        .add("attention_norm", attention_norm.parameters())
        .add("attention", attention.parameters())
        .add("feed_forward_norm", feed_forward_norm.parameters())
        .add("feed_forward", feed_forward.parameters());
}

Encoder::Encoder(const TransformerConfig& config, Random& random)
    : layers(stack<EncoderLayer>(config.encoder_layers, config, random)), norm(config.width) {}

Variable Encoder::operator()(Variable x, const Mask& padding, Random* random) const {
    require_padding("Encoder", padding, x);
    const Packing packing(padding);
    x = packing.pack(std::move(x));
    for (const EncoderLayer& layer : layers) {
        x = layer(x, packing.sequences(), random);
    }
    return packing.unpack(norm(std::move(x)));
}

Parameters Encoder::parameters() const {
    return parameters_of(layers, norm);
}

DecoderLayer::DecoderLayer(const TransformerConfig& config, Random& random)
    : attention_norm(config.width),
      attention(config.width, config.heads, config.dropout, random),
      memory_norm(config.width),
      memory_attention(config.width, config.heads, config.dropout, random),
      feed_forward_norm(config.width),
      feed_forward(config, random),
      dropout(config.dropout) {}

Variable DecoderLayer::operator()(const Variable& x, const Sequences& sequences,
                                  const Variable& memory, const Sequences& of_memory,
                                  Random* random) const {
    const Variable n = attention_norm(x);
    const Variable own = x + dropout(attention(n, sequences, Sight::past, random), random);
    const Variable found = memory_attention(memory_norm(own), sequences, memory, of_memory, random);
    const Variable h = own + dropout(found, random);
    return h + dropout(feed_forward(feed_forward_norm(h), random), random);
}

Variable DecoderLayer::step(const Variable& x, View& view) const {
    const Variable n = attention_norm(x);
    view.own = appended(view.own, attention.key_values(n));
    const Variable own = x + attention(n, view.own, Mask());
    const Variable h = own + memory_attention(memory_norm(own), view.memory, view.padding);
    return h + feed_forward(feed_forward_norm(h));
}

Parameters DecoderLayer::parameters() const {
    return Parameters()
        .add("attention_norm", attention_norm.parameters())
        .add("attention", attention.parameters())
        .add("memory_norm", memory_norm.parameters())
        .add("memory_attention", memory_attention.parameters())
        .add("feed_forward_norm", feed_forward_norm.parameters())
        .add("feed_forward", feed_forward.parameters());
}

Decoder::Decoder(const TransformerConfig& config, Random& random)
    : layers(stack<DecoderLayer>(config.decoder_layers, config, random)), norm(config.width) {}

Variable Decoder::operator()(Variable x, const Mask& padding_of_x, const Variable& memory,
                             const Mask& padding, Random* random) const {
    require_padding("Decoder", padding_of_x, x);
    require_padding("Decoder", padding, memory);
    const Packing packing(padding_of_x);
    const Packing of_memory(padding);
    const Variable seen = of_memory.pack(memory);
    x = packing.pack(std::move(x));
    for (const DecoderLayer& layer : layers) {
        x = layer(x, packing.sequences(), seen, of_memory.sequences(), random);
    }
    return packing.unpack(norm(std::move(x)));
}

Variable Decoder::operator()(Variable x, const Variable& memory, const Mask& padding,
                             Random* random) const {
    const Shape& shape = x.shape();
    const Mask none(Shape(shape.begin(), shape.end() - (shape.empty() ? 0 : 1)), false);
    return (*this)(std::move(x), none, memory, padding, random);
}

Decoder::State Decoder::start(const Variable& memory, const Mask& padding) const {
    require_padding("Decoder", padding, memory);
    State state;
    for (const DecoderLayer& layer : layers) {
        const KeyValues of_memory = layer.memory_attention.key_values(memory);
        Shape none = of_memory.keys.shape();
        none[2] = 0;
        const KeyValues nothing = {Variable(Array(none)), Variable(Array(none))};
        state.views.push_back({nothing, of_memory, hide_padding(padding)});
    }
    return state;
}

Variable Decoder::step(Variable x, State& state) const {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        x = layers[i].step(x, state.views[i]);
    }
    ++state.length;
    return norm(x);
}

Parameters Decoder::parameters() const {
    return parameters_of(layers, norm);
}

}  // namespace xtape
