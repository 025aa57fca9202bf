#pragma once

#include <xtape/nn/embedding.hpp>
#include <xtape/nn/positional_encoding.hpp>
#include <xtape/nn/transformer.hpp>

#include "vocabulary.hpp"

namespace g2p {

/// Reads the letters of words and scores, step by step, how their pronunciation goes on: a
/// Transformer between two vocabularies. Its last layer scores phones with the same vectors
/// with which it reads them.
struct Pronouncer {
    /// Random weights, the same for the same seed.
    Pronouncer(const xtape::TransformerConfig& config, Vocabulary letters, Vocabulary phones,
               std::uint64_t seed);

    ///     source         [B, S]     letters, then PAD
    ///     decoder_input  [B, T]     BOS and the phones so far
    ///     returns        [B, T, V]  scores of every phone to come next
    ///
    /// `random` switches dropout on.
    xtape::Variable operator()(const xtape::Index& source, const xtape::Index& decoder_input,
                               xtape::Random* random = nullptr) const;

    /// The likeliest phone at every step, for each row until its EOS: greedy decoding.
    ///
    ///     source   [B, S]
    ///     returns  B pronunciations, without EOS; one that does not end is cut off at twice the
    ///              letters of its word and ten
    std::vector<std::vector<std::int64_t>> decode(const xtape::Index& source) const;

    xtape::Parameters parameters() const;

    xtape::TransformerConfig config;
    Vocabulary letters;
    Vocabulary phones;
    xtape::Embedding letter_vectors;
    xtape::Embedding phone_vectors;
    xtape::PositionalEncoding positions;
    xtape::Dropout dropout;
    xtape::Encoder encoder;
    xtape::Decoder decoder;
    xtape::Variable score_bias;

private:
    Pronouncer(const xtape::TransformerConfig& config, Vocabulary letters, Vocabulary phones,
               xtape::Random random);

    xtape::Variable embed(const xtape::Embedding& vectors, const xtape::Index& tokens,
                          std::size_t first, xtape::Random* random) const;
    xtape::Variable read(const xtape::Index& source, xtape::Random* random) const;
    xtape::Variable scores(const xtape::Variable& states) const;
};

}  // namespace g2p
