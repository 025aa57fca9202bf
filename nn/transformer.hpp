#pragma once

#include <vector>

#include <xtape/nn/attention.hpp>
#include <xtape/nn/layer_norm.hpp>
#include <xtape/nn/packing.hpp>

namespace xtape {

enum class Activation { relu, gelu };

/// The sizes of a Transformer.
struct TransformerConfig {
    std::size_t width = 128;         // of every vector that travels through it
    std::size_t heads = 4;           // of each attention; they share the width
    std::size_t feed_forward = 512;  // the inner width of a feed-forward block
    std::size_t encoder_layers = 2;
    std::size_t decoder_layers = 2;
    double dropout = 0.1;  // of attention weights, inner activations and what each block adds
    Activation activation = Activation::relu;
};

// Pre-norm: every block adds to its input x, and sees it normalised,
//
//     x <- x + dropout(block(layer_norm(x))),
//
// so that gradients have an open way past all blocks; a last layer_norm stands at the end. Xiong et
// al., "On layer normalization in the Transformer architecture" (2020). `random` switches dropout
// on. Constructors throw ValueError for sizes that MultiHeadAttention or Dropout refuses.

/// y = dropout(activation(x W1 + b1)) W2 + b2, position by position.
///
///     x, y   [..., width]
struct FeedForward {
    FeedForward(const TransformerConfig& config, Random& random);

    Variable operator()(const Variable& x, Random* random = nullptr) const;
    Parameters parameters() const;

    Linear inner;
    Linear outer;
    Dropout dropout;
    Activation activation;
};

/// Reads the rows of sequences without PAD.
///
///     x, y   [N, width]
struct EncoderLayer {
    EncoderLayer(const TransformerConfig& config, Random& random);

    Variable operator()(const Variable& x, const Sequences& sequences,
                        Random* random = nullptr) const;
    Parameters parameters() const;

    LayerNorm attention_norm;
    MultiHeadAttention attention;
    LayerNorm feed_forward_norm;
    FeedForward feed_forward;
    Dropout dropout;
};

/// Reads a batch of sequences: every position sees all others but PAD.
///
///     x        [B, S, width]
///     padding  [B, S], true at PAD; ShapeError otherwise
///     y        [B, S, width], 0 at PAD
///
/// No work is done on PAD: what stands there, be it nan, changes no bit of y and gets no gradient.
struct Encoder {
    Encoder(const TransformerConfig& config, Random& random);

    Variable operator()(Variable x, const Mask& padding, Random* random = nullptr) const;
    Parameters parameters() const;

    std::vector<EncoderLayer> layers;
    LayerNorm norm;
};

/// Writes the rows of sequences without PAD, each of which has its own in the memory.
///
///     x, y     [N, width]
///     memory   [M, width]
struct DecoderLayer {
    DecoderLayer(const TransformerConfig& config, Random& random);

    Variable operator()(const Variable& x, const Sequences& sequences, const Variable& memory,
                        const Sequences& of_memory, Random* random = nullptr) const;

    /// What a step may look at: earlier positions of its own sequence, and the memory but its PAD.
    struct View {
        KeyValues own;
        KeyValues memory;
        Mask padding;
    };
    /// The next position of sequences, x [B, 1, width], whose keys and values are appended to view.own.
    Variable step(const Variable& x, View& view) const;

    Parameters parameters() const;

    LayerNorm attention_norm;
    MultiHeadAttention attention;
    LayerNorm memory_norm;
    MultiHeadAttention memory_attention;
    LayerNorm feed_forward_norm;
    FeedForward feed_forward;
    Dropout dropout;
};

/// Writes a batch of sequences: position t sees the positions up to t and all of the memory but PAD.
///
///     x             [B, T, width]
///     padding_of_x  [B, T], true at PAD; ShapeError otherwise. Without it, x has none
///     memory        [B, S, width], from the encoder
///     padding       [B, S], true where the memory is PAD; ShapeError otherwise
///     y             [B, T, width], 0 at PAD
///
/// What stands at PAD, be it nan, changes no bit of y and gets no gradient. PAD at the end of rows of x
/// may be left unmarked: it costs its work, and nothing before it sees it.
struct Decoder {
    Decoder(const TransformerConfig& config, Random& random);

    Variable operator()(Variable x, const Mask& padding_of_x, const Variable& memory,
                        const Mask& padding, Random* random = nullptr) const;
    Variable operator()(Variable x, const Variable& memory, const Mask& padding,
                        Random* random = nullptr) const;

    /// The same one position at a time, to generate: what was computed for earlier positions is kept.
    ///
    ///     Decoder::State state = decoder.start(memory, padding);
    ///     y = decoder.step(x, state);    // x, y [B, 1, width]; state.length counts the steps
    struct State {
        std::vector<DecoderLayer::View> views;
        std::size_t length = 0;
    };
    State start(const Variable& memory, const Mask& padding) const;
    Variable step(Variable x, State& state) const;

    Parameters parameters() const;

    std::vector<DecoderLayer> layers;
    LayerNorm norm;
};

}  // namespace xtape
