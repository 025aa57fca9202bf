#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What every system trains: a sequence-to-sequence model, its first weights and its data. All
/// numbers are made here, so that every system goes through the same losses.
namespace steps_bench {

enum class Model { transformer, gru };

/// A Transformer has as many layers on either side, heads of width 32 and feed-forward blocks four
/// times as wide; it is pre-norm, with relu. Of a GRU the width is that of embeddings and states.
struct Case {
    Model model;
    std::size_t width;
    std::size_t layers;
    std::size_t rows;  // pairs of sequences in a batch

    std::size_t heads() const { return width / 32; }
    std::size_t feed_forward() const { return 4 * width; }
};

/// "transformer 128", "transformer 256", "gru 128" and "gru 1", the numbers being width and rows; or
/// "width W batch B", a Transformer of three layers. Throws std::invalid_argument.
Case find_case(const std::string& name);

/// How many numbers the model learns. Every system checks that its model has as many.
std::size_t parameter_count(const Case& problem);

// Symbols of either side, these among them.
constexpr std::size_t source_symbols = 30, target_symbols = 45;
constexpr std::int64_t pad = 0, bos = 1, eos = 2;

constexpr double smoothing = 0.1;  // the loss is a mean over the target tokens
constexpr double rate = 3e-4;      // of Adam

/// As many batches are gone through again and again; a system has warmed up when it has seen all.
constexpr std::size_t batch_count = 4;

/// Rows of 7 to 13 symbols, ten in the mean, filled up with PAD. What stands in a row of targets
/// follows from its source, so that there is something to learn.
///
///     source         [rows, source_length]
///     decoder_input  [rows, target_length]  BOS p1 ... pn
///     target         [rows, target_length]  p1 ... pn EOS
struct Batch {
    std::size_t rows, source_length, target_length;
    std::vector<std::int64_t> source, decoder_input, target;
    std::size_t source_tokens, target_tokens;  // PAD not counted
};
std::array<Batch, batch_count> make_batches(const Case& problem);

/// The first values of a matrix [inputs, outputs], row by row: uniform in +-sqrt(6 / (inputs +
/// outputs)), as Glorot and Bengio have it, and different for every name. Gains begin as 1, biases
/// as 0.
std::vector<float> first_weight(const std::string& name, std::size_t inputs, std::size_t outputs);

/// What a Transformer adds to element j of the vector at a position: waves, as in xtape's
/// PositionalEncoding.
float wave(std::size_t position, std::size_t j, std::size_t width);

}  // namespace steps_bench
