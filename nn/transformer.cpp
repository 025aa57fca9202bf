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

Variable EncoderLayer::operator()(const Variable& x, const Mask& hidden, Random* random) const {
    const Variable n = attention_norm(x);
    const Variable h = x + dropout(attention(n, n, hidden, random), random);
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

Variable Encoder::operator()(const Variable& x, const Mask& padding, Random* random) const {
    require_padding("Encoder", padding, x);
    const Mask hidden = hide_padding(padding);
    Variable y = without_padding(x, padding);
    for (const EncoderLayer& layer : layers) {
        y = layer(y, hidden, random);
    }
    return norm(y);
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

Variable DecoderLayer::operator()(const Variable& x, const Variable& memory, const Mask& future,
                                  const Mask& padding, Random* random) const {
    const Variable n = attention_norm(x);
    return run(x, n,
               {attention.key_values(n), future, memory_attention.key_values(memory), padding},
               random);
}

Variable DecoderLayer::step(const Variable& x, View& view) const {
    const Variable n = attention_norm(x);
    view.own = appended(view.own, attention.key_values(n));
    return run(x, n, view, nullptr);
}

Variable DecoderLayer::run(const Variable& x, const Variable& n, const View& view,
                           Random* random) const {
    const Variable own = x + dropout(attention(n, view.own, view.future, random), random);
    const Variable question = memory_norm(own);
    const Variable h =
        own + dropout(memory_attention(question, view.memory, view.padding, random), random);
    return h + dropout(feed_forward(feed_forward_norm(h), random), random);
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

Variable Decoder::operator()(Variable x, const Variable& memory, const Mask& padding,
                             Random* random) const {
    require_padding("Decoder", padding, memory);
    const Mask hidden = hide_padding(padding);
    const Mask future = hide_future(x.shape().size() == 3 ? x.shape()[1] : 0);
    for (const DecoderLayer& layer : layers) {
        x = layer(x, memory, future, hidden, random);
    }
    return norm(x);
}

Decoder::State Decoder::start(const Variable& memory, const Mask& padding) const {
    require_padding("Decoder", padding, memory);
    State state;
    for (const DecoderLayer& layer : layers) {
        const KeyValues of_memory = layer.memory_attention.key_values(memory);
        Shape none = of_memory.keys.shape();
        none[2] = 0;
        const KeyValues nothing = {Variable(Array(none)), Variable(Array(none))};
        state.views.push_back({nothing, Mask(), of_memory, hide_padding(padding)});
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
