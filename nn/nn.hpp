#pragma once

// The layers: structs that are called and that name their parameters. One line each.

#include <xtape/nn/attention.hpp>            // softmax(Q K' / sqrt(D)) V, by several heads
#include <xtape/nn/dropout.hpp>              // zeros at random, while training
#include <xtape/nn/embedding.hpp>            // a vector to learn for each token
#include <xtape/nn/gru.hpp>                  // a state that remembers what it lets pass its gates
#include <xtape/nn/gru_seq2seq.hpp>          // an encoder and a decoder of them, with attention
#include <xtape/nn/layer_norm.hpp>           // gain (x - mean) / sqrt(variance + epsilon) + bias
#include <xtape/nn/linear.hpp>               // x W + b
#include <xtape/nn/masks.hpp>                // what attention must not see
#include <xtape/nn/packing.hpp>              // the tokens of a batch as rows, without PAD
#include <xtape/nn/parameters.hpp>           // variables under their names
#include <xtape/nn/positional_encoding.hpp>  // x + waves that tell the position
#include <xtape/nn/transformer.hpp>          // encoder and decoder
