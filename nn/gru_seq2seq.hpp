#pragma once

#include <xtape/nn/attention.hpp>
#include <xtape/nn/gru.hpp>
#include <xtape/nn/packing.hpp>

namespace xtape {

/// The sizes of a sequence-to-sequence model of GRUs.
struct GruConfig {
    std::size_t inputs = 128;  // the width of the embedded tokens that it reads, on both sides
    std::size_t width = 128;   // of the decoder's states and of each direction of the encoder's
    double dropout = 0.1;      // of what the encoder reads, the decoder reads and the decoder says
};

/// What a GruEncoder remembers of a batch.
struct GruMemory {
    Variable states;  // [B, S, 2 width]: what was read up to each position, and from it on
    Variable last;    // [B, 2 width], what each direction knows at its end
    Mask padding;     // [B, S], true at PAD
};

/// Reads a batch of sequences in both directions: Schuster and Paliwal, "Bidirectional recurrent
/// neural networks" (1997).
///
///     x        [B, S, inputs]; ShapeError otherwise
///     padding  [B, S], true at PAD; ShapeError otherwise
///
/// What stands at PAD positions, be it nan, changes no bit of the memory and gets no gradient.
/// `random` switches dropout on. Constructors throw ValueError for a rate that Dropout refuses.
struct GruEncoder {
    GruEncoder(const GruConfig& config, Random& random);

    GruMemory operator()(const Variable& x, const Mask& padding, Random* random = nullptr) const;
    Parameters parameters() const;

    Gru forward;
    Gru backward;
    Dropout dropout;
};

/// Writes a batch of sequences. Its state s looks at the memory m after each position t,
///
///     s_0 = tanh(last W_0 + b_0)
///     s_t = gru(x_t, s_{t-1})
///     c_t = sum_k p_k m_k,    p = softmax(q_t' m / sqrt(2 width)),    q_t = s_t W_q + b_q
///     y_t = tanh([s_t, c_t] W_y + b_y).
///
///     x             [B, T, inputs]; ShapeError otherwise
///     padding_of_x  [B, T], true at PAD; ShapeError otherwise. Without it, x has none
///     memory        from a GruEncoder of the same width; ShapeError otherwise
///     y             [B, T, width], for an output layer; 0 at PAD
///
/// The score is the "general" one of Luong, Pham and Manning, "Effective approaches to
/// attention-based neural machine translation" (2015), divided by a root as in nn/attention.hpp. As no
/// state depends on what attention found, attention to all positions is one product. A row whose
/// memory is PAD alone gets c_t = 0. What stands at PAD, be it nan, changes no bit of y and gets no
/// gradient. PAD at the end of rows of x may be left unmarked: it costs its work, and nothing before it
/// sees it.
struct GruDecoder {
    GruDecoder(const GruConfig& config, Random& random);

    /// Teacher forcing: position t of x is what should have been written before y_t.
    Variable operator()(const Variable& x, const Mask& padding_of_x, const GruMemory& memory,
                        Random* random = nullptr) const;
    Variable operator()(const Variable& x, const GruMemory& memory, Random* random = nullptr) const;

    /// The same one position at a time, to generate.
    ///
    ///     GruDecoder::State state = decoder.start(memory);
    ///     y = decoder.step(x, state);    // x [B, 1, inputs], y [B, 1, width]
    struct State {
        Variable h;              // [B, width]
        Variable memory;         // [M, 2 width], the states of the memory without its PAD
        Sequences of_memory;     // which of them belong together
        std::size_t length = 0;  // how many steps were made
    };
    State start(const GruMemory& memory) const;
    Variable step(const Variable& x, State& state) const;

    Parameters parameters() const;

    Linear initial;
    Gru gru;
    Linear query;
    Linear output;
    Dropout dropout;

private:
    Variable look(const Variable& states, const Packing& packing, const State& state,
                  Random* random) const;
};

}  // namespace xtape
