#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <xtape/core/array.hpp>
#include <xtape/core/random.hpp>

#include "corpus.hpp"
#include "vocabulary.hpp"

namespace g2p {

/// One word with one of its pronunciations, as ids.
struct Example {
    std::size_t word;  // which one of the corpus
    std::vector<std::int64_t> letters;
    std::vector<std::int64_t> phones;
};

/// Every word with each of its pronunciations: what to train on.
std::vector<Example> make_examples(const std::vector<Word>& words, const Vocabulary& letters,
                                   const Vocabulary& phones);

/// Every word once, without phones: what to predict from.
std::vector<Example> make_questions(const std::vector<Word>& words, const Vocabulary& letters);

/// Examples side by side, filled up with PAD at the end of each row.
///
///     source         [B, S]  letters of the word
///     decoder_input  [B, T]  BOS p1 ... pn      what the decoder has heard before each step
///     target         [B, T]  p1 ... pn EOS      what it should say then
struct Batch {
    xtape::Index source;
    xtape::Index decoder_input;
    xtape::Index target;
    std::size_t tokens = 0;          // targets that are not PAD
    std::vector<std::size_t> words;  // of each row, which word of the corpus it is
};

/// How large a batch may become; both limits hold. `tokens` counts as memory and time do: rows
/// times the longest row of letters or targets, PAD included. An example too long goes alone.
struct BatchSize {
    std::size_t words = 128;
    std::size_t tokens = 0;  // 0: no limit
};

/// So much fits into memory, whatever the lengths of the words.
inline constexpr std::size_t most_tokens = 16384;

/// Examples of similar length together, shortest first.
/// Throws ValueError if `size.words` is 0.
std::vector<Batch> batches_by_length(const std::vector<Example>& examples, const BatchSize& size);

/// One epoch: every example once, examples of similar length together, companions and order of the
/// batches drawn anew from `random`. The same draws give the same batches on every machine.
/// Throws ValueError if `size.words` is 0.
std::vector<Batch> shuffled_batches(const std::vector<Example>& examples, const BatchSize& size,
                                    xtape::Random random);

}  // namespace g2p
