// Training steps of libtorch: `steps_torch CASE THREADS SECONDS [FILE]`.

#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "bench/support/measure.hpp"
#include "measure.hpp"

// The fastest of what is usual. torch::nn's Transformer layers are not pre-norm in C++, so they are put
// together from functions: queries, keys and values come from one product (keys and values where
// another sequence is asked), and baddbmm adds the mask. No faster were addmm on rows instead of
// linear, and bmm with masked_fill_ or add_. The GRU reads packed rows, which gives the states of
// xtape, where PAD leaves a state as it is.

namespace {

using namespace steps_bench;
using torch::Tensor;

std::int64_t extent(std::size_t n) {
    return static_cast<std::int64_t>(n);
}

/// The symbols where they are, without a copy.
Tensor index(const std::vector<std::int64_t>& symbols, std::size_t rows) {
    auto* const data = const_cast<std::int64_t*>(symbols.data());  // nobody writes
    return torch::from_blob(data, {extent(rows), extent(symbols.size() / rows)}, torch::kInt64);
}

struct Linear {
    Tensor operator()(const Tensor& x) const { return torch::linear(x, weight, bias); }

    Tensor weight, bias;
};

struct LayerNorm {
    Tensor operator()(const Tensor& x) const {
        return torch::layer_norm(x, gain.sizes(), gain, bias);
    }

    Tensor gain, bias;
};

/// Makes parameters, and remembers them for the optimiser.
class Maker {
public:
    Tensor learned(const Tensor& first) {
        all.push_back(first.detach().clone(torch::MemoryFormat::Contiguous).requires_grad_());
        return all.back();
    }

    Tensor table(const std::string& name, std::size_t rows, std::size_t width) {
        return learned(matrix(name + ".table", rows, width));
    }

    /// Several layers of the same input side by side, as one; weights are [outputs, inputs].
    Linear linear(const std::vector<std::string>& names, std::size_t inputs, std::size_t outputs) {
        std::vector<Tensor> weights;
        for (const std::string& name : names) {
            weights.push_back(matrix(name + ".weight", inputs, outputs).t());
        }
        const Tensor weight = learned(torch::cat(weights));
        return {weight, learned(torch::zeros({weight.size(0)}))};
    }

    LayerNorm norm(std::size_t width) {
        const Tensor gain = learned(torch::ones({extent(width)}));
        return {gain, learned(torch::zeros({extent(width)}))};
    }

    std::vector<Tensor> all;

private:
    static Tensor matrix(const std::string& name, std::size_t rows, std::size_t columns) {
        std::vector<float> numbers = first_weight(name, rows, columns);
        return torch::from_blob(numbers.data(), {extent(rows), extent(columns)}).clone();
    }
};

class Attention {
public:
    Attention(Maker& make, const std::string& name, const Case& problem, bool of_itself)
        : heads_(extent(problem.heads())),
          own_(make.linear(
              of_itself ? names(name, {"query", "key", "value"}) : names(name, {"query"}),
              problem.width, problem.width)),
          output_(make.linear({name + ".output"}, problem.width, problem.width)) {
        if (!of_itself) {
            others_ = make.linear(names(name, {"key", "value"}), problem.width, problem.width);
        }
    }

    Tensor of_itself(const Tensor& x, const Tensor& mask) const {
        const auto parts = split(own_(x), 3);
        return attend(parts[0], parts[1], parts[2], mask, x);
    }

    Tensor of(const Tensor& x, const Tensor& memory, const Tensor& mask) const {
        const auto parts = split(others_(memory), 2);
        return attend(split(own_(x), 1)[0], parts[0], parts[1], mask, x);
    }

private:
    static std::vector<std::string> names(const std::string& prefix,
                                          const std::vector<std::string>& parts) {
        std::vector<std::string> all;
        for (const std::string& part : parts) {
            all.push_back(prefix + "." + part);
        }
        return all;
    }

    /// [B, T, count width] -> count times [B heads, T, width / heads]
    std::vector<Tensor> split(const Tensor& x, std::int64_t count) const {
        const std::int64_t rows = x.size(0), length = x.size(1);
        return x.view({rows, length, count, heads_, -1})
            .permute({2, 0, 3, 1, 4})
            .reshape({count, rows * heads_, length, -1})
            .unbind(0);
    }

    Tensor attend(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask,
                  const Tensor& x) const {
        const double root = std::sqrt(static_cast<double>(query.size(-1)));
        const Tensor scores = torch::baddbmm(mask, query, key.transpose(1, 2), 1, 1 / root);
        const Tensor seen = torch::bmm(torch::softmax(scores, -1), value);
        return output_(
            seen.view({x.size(0), heads_, x.size(1), -1}).transpose(1, 2).reshape(x.sizes()));
    }

    std::int64_t heads_;
    Linear own_, output_, others_;
};

struct FeedForward {
    FeedForward(Maker& make, const std::string& name, const Case& problem)
        : inner(make.linear({name + ".inner"}, problem.width, problem.feed_forward())),
          outer(make.linear({name + ".outer"}, problem.feed_forward(), problem.width)) {}

    Tensor operator()(const Tensor& x) const { return outer(torch::relu(inner(x))); }

    Linear inner, outer;
};

struct EncoderLayer {
    EncoderLayer(Maker& make, const std::string& name, const Case& problem)
        : attention_norm(make.norm(problem.width)),
          attention(make, name + ".attention", problem, true),
          feed_forward_norm(make.norm(problem.width)),
          feed_forward(make, name + ".feed_forward", problem) {}

    Tensor operator()(const Tensor& x, const Tensor& mask) const {
        const Tensor h = x + attention.of_itself(attention_norm(x), mask);
        return h + feed_forward(feed_forward_norm(h));
    }

    LayerNorm attention_norm;
    Attention attention;
    LayerNorm feed_forward_norm;
    FeedForward feed_forward;
};

struct DecoderLayer {
    DecoderLayer(Maker& make, const std::string& name, const Case& problem)
        : attention_norm(make.norm(problem.width)),
          attention(make, name + ".attention", problem, true),
          memory_norm(make.norm(problem.width)),
          memory_attention(make, name + ".memory_attention", problem, false),
          feed_forward_norm(make.norm(problem.width)),
          feed_forward(make, name + ".feed_forward", problem) {}

    Tensor operator()(const Tensor& x, const Tensor& memory, const Tensor& future,
                      const Tensor& padding) const {
        const Tensor own = x + attention.of_itself(attention_norm(x), future);
        const Tensor h = own + memory_attention.of(memory_norm(own), memory, padding);
        return h + feed_forward(feed_forward_norm(h));
    }

    LayerNorm attention_norm;
    Attention attention;
    LayerNorm memory_norm;
    Attention memory_attention;
    LayerNorm feed_forward_norm;
    FeedForward feed_forward;
};

/// Embeds both sides, and scores every symbol that may come next.
struct Ends {
    Ends(Maker& make, const Case& problem)
        : source(make.table("source", source_symbols, problem.width)),
          target(make.table("target", target_symbols, problem.width)),
          scores(make.linear({"scores"}, problem.width, target_symbols)) {}

    Tensor source, target;
    Linear scores;
};

/// 0 where the mask is false, and -inf where it is true.
Tensor additive(const Tensor& hidden) {
    return torch::zeros(hidden.sizes())
        .masked_fill_(hidden, -std::numeric_limits<float>::infinity());
}

class TransformerModel {
public:
    TransformerModel(Maker& make, const Case& problem)
        : heads_(extent(problem.heads())),
          ends_(make, problem),
          encoder_norm_(make.norm(problem.width)),
          decoder_norm_(make.norm(problem.width)) {
        for (std::size_t i = 0; i < problem.layers; ++i) {
            encoder_.emplace_back(make, "encoder." + std::to_string(i), problem);
            decoder_.emplace_back(make, "decoder." + std::to_string(i), problem);
        }
    }

    Tensor operator()(const Tensor& source, const Tensor& decoder_input) {
        const Tensor padding = hide_padding(source);
        Tensor memory = embed(ends_.source, source);
        for (const EncoderLayer& layer : encoder_) {
            memory = layer(memory, padding);
        }
        memory = encoder_norm_(memory);
        const Tensor future = hide_future(decoder_input.size(1));
        Tensor y = embed(ends_.target, decoder_input);
        for (const DecoderLayer& layer : decoder_) {
            y = layer(y, memory, future, padding);
        }
        return ends_.scores(decoder_norm_(y));
    }

private:
    Tensor embed(const Tensor& table, const Tensor& symbols) {
        const std::int64_t width = table.size(1), length = symbols.size(1);
        if (waves_.size(0) < length) {
            waves_ = make_waves(length, width);
        }
        return torch::embedding(table, symbols) * std::sqrt(static_cast<double>(width)) +
               waves_.narrow(0, 0, length);
    }

    static Tensor make_waves(std::int64_t length, std::int64_t width) {
        const Tensor waves = torch::empty({length, width});
        for (std::int64_t i = 0; i < length * width; ++i) {
            waves.data_ptr<float>()[i] =
                wave(static_cast<std::size_t>(i / width), static_cast<std::size_t>(i % width),
                     static_cast<std::size_t>(width));
        }
        return waves;
    }

    /// [B heads, 1, S]
    Tensor hide_padding(const Tensor& source) const {
        return additive(source.eq(pad))
            .view({source.size(0), 1, 1, -1})
            .expand({-1, heads_, -1, -1})
            .reshape({source.size(0) * heads_, 1, -1});
    }

    /// [T, T]
    static Tensor hide_future(std::int64_t length) {
        return additive(torch::ones({length, length}, torch::kBool).triu(1));
    }

    std::int64_t heads_;
    Ends ends_;
    LayerNorm encoder_norm_, decoder_norm_;
    std::vector<EncoderLayer> encoder_;
    std::vector<DecoderLayer> decoder_;
    Tensor waves_ = torch::empty({0, 0});
};

/// A GRU of libtorch has the weights and biases of input and state.
std::vector<Tensor> make_gru(Maker& make, const std::string& name, std::size_t width) {
    const Linear input = make.linear({name + ".input"}, width, 3 * width);
    const Linear state = make.linear({name + ".state"}, width, 3 * width);
    return {input.weight, state.weight, input.bias, state.bias};
}

class GruModel {
public:
    GruModel(Maker& make, const Case& problem)
        : ends_(make, problem),
          encoder_(make_gru(make, "encoder.forward", problem.width)),
          initial_(make.linear({"decoder.initial"}, 2 * problem.width, problem.width)),
          decoder_(make_gru(make, "decoder.gru", problem.width)),
          query_(make.linear({"decoder.query"}, problem.width, 2 * problem.width)),
          output_(make.linear({"decoder.output"}, 3 * problem.width, problem.width)) {
        const auto backward = make_gru(make, "encoder.backward", problem.width);
        encoder_.insert(encoder_.end(), backward.begin(), backward.end());
    }

    Tensor operator()(const Tensor& source, const Tensor& decoder_input) const {
        const auto [memory, last] = read(source);
        const Tensor first = torch::tanh(initial_(last)).unsqueeze(0);
        const Tensor states =
            std::get<0>(torch::gru(torch::embedding(ends_.target, decoder_input), first, decoder_,
                                   true, 1, 0, true, false, true));
        const double root = std::sqrt(static_cast<double>(memory.size(-1)));
        const Tensor scores = torch::baddbmm(additive(source.eq(pad)).unsqueeze(1), query_(states),
                                             memory.transpose(1, 2), 1, 1 / root);
        const Tensor context = torch::bmm(torch::softmax(scores, -1), memory);
        return ends_.scores(torch::tanh(output_(torch::cat({states, context}, -1))));
    }

private:
    /// The states [B, S, 2 width] and the last ones [B, 2 width], rows being packed: PAD leaves a
    /// state as it is.
    std::pair<Tensor, Tensor> read(const Tensor& source) const {
        using namespace torch::nn::utils::rnn;
        const Tensor x = torch::embedding(ends_.source, source), is_word = source.ne(pad);
        const Tensor zero = torch::zeros({2, x.size(0), x.size(2)});
        if (is_word.all().item<bool>()) {  // packing takes a tenth of a step with a single pair
            const auto [states, last] = torch::gru(x, zero, encoder_, true, 1, 0, true, true, true);
            return {states, torch::cat({last[0], last[1]}, -1)};
        }
        const auto packed = pack_padded_sequence(x, is_word.sum(1), true, /*enforce_sorted=*/false);
        const auto [states, last] =
            torch::gru(packed.data(), packed.batch_sizes(), zero, encoder_, true, 1, 0, true, true);
        const PackedSequence read(states, packed.batch_sizes(), packed.sorted_indices(),
                                  packed.unsorted_indices());
        const Tensor in_order = last.index_select(1, packed.unsorted_indices());
        return {std::get<0>(pad_packed_sequence(read, true)),
                torch::cat({in_order[0], in_order[1]}, -1)};
    }

    Ends ends_;
    std::vector<Tensor> encoder_;
    Linear initial_;
    std::vector<Tensor> decoder_;
    Linear query_, output_;
};

template <class Seq2Seq>
class Trainer {
public:
    explicit Trainer(const Case& problem) : model_(make_, problem) {
        std::size_t count = 0;
        for (const Tensor& parameter : make_.all) {
            count += static_cast<std::size_t>(parameter.numel());
        }
        if (count != parameter_count(problem)) {
            throw std::logic_error("this model has another number of parameters");
        }
    }

    Step operator()(const Batch& batch) {
        bench::Stopwatch watch;
        const Tensor loss = loss_of(batch);
        Step step{loss.item<float>(), watch.lap(), 0, 0};
        loss.backward();
        step.backward = watch.lap();
        adam_.step();
        for (Tensor& parameter : make_.all) {
            parameter.mutable_grad().reset();  // cheaper than zero_grad, which fills with zeros
        }
        step.optimiser = watch.lap();
        return step;
    }

private:
    Tensor loss_of(const Batch& batch) {
        const Tensor scores =
            model_(index(batch.source, batch.rows), index(batch.decoder_input, batch.rows));
        return torch::nn::functional::cross_entropy(
            scores.view({-1, extent(target_symbols)}), index(batch.target, batch.rows).view(-1),
            torch::nn::functional::CrossEntropyFuncOptions().ignore_index(pad).label_smoothing(
                smoothing));
    }

    Maker make_;
    Seq2Seq model_;
    torch::optim::Adam adam_{make_.all, torch::optim::AdamOptions(rate)};
};

template <class Seq2Seq>
Train trained(const Case& problem) {
    const auto trainer = std::make_shared<Trainer<Seq2Seq>>(problem);
    return [trainer](const Batch& batch) { return (*trainer)(batch); };
}

}  // namespace

int main(int argc, char** argv) {
    return measure_steps(argc, argv, [](const Case& problem, std::size_t threads) {
        at::set_num_threads(static_cast<int>(threads));
        return problem.model == Model::transformer ? trained<TransformerModel>(problem)
                                                   : trained<GruModel>(problem);
    });
}
