#include "pronouncer.hpp"

#include <algorithm>
#include <cmath>

#include <xtape/nn/masks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>

using namespace xtape;

namespace g2p {

namespace {

/// The phone with the highest score. PAD, BOS and the unknown symbol are never said.
std::int64_t likeliest(const Real* score, std::size_t count) {
    const Real* const best = std::max_element(score + Vocabulary::unknown + 1, score + count);
    return score[Vocabulary::eos] >= *best ? Vocabulary::eos : best - score;
}

/// Of each row, how many symbols are not PAD.
std::vector<std::size_t> letter_counts(const Index& source) {
    const std::size_t width = source.shape()[1];
    std::vector<std::size_t> counts(source.shape()[0]);
    for (std::size_t row = 0; row < counts.size(); ++row) {
        const std::int64_t* const first = source.data() + row * width;
        const auto pads = std::count(first, first + width, Vocabulary::pad);
        counts[row] = width - static_cast<std::size_t>(pads);
    }
    return counts;
}

}  // namespace

Pronouncer::Pronouncer(const TransformerConfig& sizes, Vocabulary letter_list,
                       Vocabulary phone_list, std::uint64_t seed)
    : Pronouncer(sizes, std::move(letter_list), std::move(phone_list), Random(seed)) {}

Pronouncer::Pronouncer(const TransformerConfig& sizes, Vocabulary letter_list,
                       Vocabulary phone_list, Random random)
    : config(sizes),
      letters(std::move(letter_list)),
      phones(std::move(phone_list)),
      letter_vectors(letters.size(), config.width, random, Vocabulary::pad),
      phone_vectors(phones.size(), config.width, random),
      positions(config.width),
      dropout(config.dropout),
      encoder(config, random),
      decoder(config, random),
      score_bias(Array(Shape{phones.size()}, 0)) {}

Variable Pronouncer::operator()(const Index& source, const Index& decoder_input,
                                Random* random) const {
    const Mask padding = padding_mask(source, Vocabulary::pad);
    const Variable memory = read(source, random);
    const Variable heard = embed(phone_vectors, decoder_input, 0, random);
    const Mask padding_of_heard = padding_mask(decoder_input, Vocabulary::pad);
    return scores(decoder(heard, padding_of_heard, memory, padding, random));
}

// Vectors start with a variance of 1 / width, so that they can serve as weights of the scores;
// scaled up they weigh as much as the positions that are added.
Variable Pronouncer::embed(const Embedding& vectors, const Index& tokens, std::size_t first,
                           Random* random) const {
    const Real up = std::sqrt(static_cast<Real>(config.width));
    return dropout(positions(scale(vectors(tokens), up), first), random);
}

Variable Pronouncer::read(const Index& source, Random* random) const {
    return encoder(embed(letter_vectors, source, 0, random), padding_mask(source, Vocabulary::pad),
                   random);
}

Variable Pronouncer::scores(const Variable& states) const {
    return matmul(states, phone_vectors.table, Operand::plain, Operand::transposed) + score_bias;
}

std::vector<std::vector<std::int64_t>> Pronouncer::decode(const Index& source) const {
    std::vector<std::size_t> room = letter_counts(source);  // for phones of rows that go on
    for (std::size_t& phones_left : room) {
        phones_left = 2 * phones_left + 10;
    }
    std::vector<std::vector<std::int64_t>> heard(room.size());
    Decoder::State state =
        decoder.start(read(source, nullptr), padding_mask(source, Vocabulary::pad));
    Index latest(Index::shape_type{room.size(), 1}, Vocabulary::bos);
    while (*std::max_element(room.begin(), room.end()) > 0) {
        const Variable x = embed(phone_vectors, latest, state.length, nullptr);
        const Variable next = scores(decoder.step(x, state));
        for (std::size_t row = 0; row < room.size(); ++row) {
            const std::int64_t phone =
                likeliest(next.value().data() + row * phones.size(), phones.size());
            latest.data()[row] = phone;
            if (phone == Vocabulary::eos || room[row] == 0) {
                room[row] = 0;
            } else {
                heard[row].push_back(phone);
                --room[row];
            }
        }
    }
    return heard;
}

Parameters Pronouncer::parameters() const {
    return Parameters()
        .add("letters", letter_vectors.parameters())
        .add("phones", phone_vectors.parameters())
        .add("encoder", encoder.parameters())
        .add("decoder", decoder.parameters())
        .add("score_bias", score_bias);
}

}  // namespace g2p
