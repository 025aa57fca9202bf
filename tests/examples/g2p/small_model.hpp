#pragma once

#include "examples/g2p/pronouncer.hpp"

namespace g2p {

/// Of these words' letters and phones, so small that it takes no time, not trained.
inline Pronouncer small_model(const std::vector<Word>& words) {
    xtape::TransformerConfig config;
    config.width = 8;
    config.heads = 2;
    config.feed_forward = 16;
    config.encoder_layers = 1;
    config.decoder_layers = 1;
    return Pronouncer(config, letters_of(words), phones_of(words), 1);
}

}  // namespace g2p
