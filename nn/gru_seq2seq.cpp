#include <xtape/nn/gru_seq2seq.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/tanh.hpp>

namespace xtape {

namespace {

/// That of a batch which has none.
Mask no_padding(const Variable& x) {
    const Shape& shape = x.shape();
    return Mask(shape.size() == 3 ? Shape{shape[0], shape[1]} : Shape{}, false);
}

void require_padding(const Variable& x, const Mask& padding) {
    const Shape& shape = x.shape();
    if (shape.size() != 3 || padding.shape() != Shape{shape[0], shape[1]}) {
        throw ShapeError(text("GruEncoder: a sequence of shape ", shape, " and a padding mask of ",
                              padding.shape(), "; expected [B, S, inputs] and [B, S]"));
    }
}

void require_memory(const GruMemory& memory, std::size_t width) {
    const Shape& states = memory.states.shape();
    const bool fits = states.size() == 3 && states[2] == width &&
                      memory.last.shape() == Shape{states[0], width} &&
                      memory.padding.shape() == Shape{states[0], states[1]};
    if (!fits) {
        throw ShapeError(text("GruDecoder: a memory of states ", states, ", last ",
                              memory.last.shape(), " and padding ", memory.padding.shape(),
                              "; expected [B, S, ", width, "], [B, ", width, "] and [B, S]"));
    }
}

}  // namespace

GruEncoder::GruEncoder(const GruConfig& config, Random& random)
    : forward(config.inputs, config.width, random),
      backward(config.inputs, config.width, random, Direction::backward),
      dropout(config.dropout) {}

GruMemory GruEncoder::operator()(const Variable& x, const Mask& padding, Random* random) const {
    require_padding(x, padding);
    const Variable heard = dropout(x, random);
    const GruStates before = forward(heard, padding);
    const GruStates after = backward(heard, padding);
    return {concat({before.all, after.all}, -1), concat({before.last, after.last}, -1), padding};
}

Parameters GruEncoder::parameters() const {
    return Parameters().add("forward", forward.parameters()).add("backward", backward.parameters());
}

GruDecoder::GruDecoder(const GruConfig& config, Random& random)
    : initial(2 * config.width, config.width, random),
      gru(config.inputs, config.width, random),
      query(config.width, 2 * config.width, random),
      output(3 * config.width, config.width, random),
      dropout(config.dropout) {}

Variable GruDecoder::operator()(const Variable& x, const Mask& padding_of_x,
                                const GruMemory& memory, Random* random) const {
    const State state = start(memory);
    const Variable states = gru(dropout(x, random), padding_of_x, state.h).all;
    return look(states, Packing(padding_of_x), state, random);
}

Variable GruDecoder::operator()(const Variable& x, const GruMemory& memory, Random* random) const {
    return (*this)(x, no_padding(x), memory, random);
}

GruDecoder::State GruDecoder::start(const GruMemory& memory) const {
    require_memory(memory, query.weight.shape()[1]);
    const Packing packing(memory.padding);
    return {tanh(initial(memory.last)), packing.pack(memory.states), packing.sequences()};
}

Variable GruDecoder::step(const Variable& x, State& state) const {
    const Mask none = no_padding(x);
    const GruStates states = gru(x, none, state.h);
    state.h = states.last;
    state.length += x.shape()[1];
    return look(states.all, Packing(none), state, nullptr);
}

Variable GruDecoder::look(const Variable& states, const Packing& packing, const State& state,
                          Random* random) const {
    const Variable s = packing.pack(states);
    const Variable context = attend(query(s), state.memory, state.memory,
                                    {packing.sequences(), state.of_memory, 1}, Sight::all);
    return packing.unpack(dropout(tanh(output(concat({s, context}, -1))), random));
}

Parameters GruDecoder::parameters() const {
    return Parameters()
        .add("initial", initial.parameters())
        .add("gru", gru.parameters())
        .add("query", query.parameters())
        .add("output", output.parameters());
}

}  // namespace xtape
