// Training steps of xtape: `steps_xtape CASE THREADS SECONDS [FILE]`.

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>

#include <xtape/core/workers.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/nn/nn.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/train/adam.hpp>
#include <xtape/train/data_parallel.hpp>

#include "bench/support/measure.hpp"
#include "measure.hpp"

namespace {

using namespace xtape;
using namespace steps_bench;

TransformerConfig transformer_config(const Case& problem) {
    TransformerConfig config;
    config.width = problem.width;
    config.heads = problem.heads();
    config.feed_forward = problem.feed_forward();
    config.encoder_layers = config.decoder_layers = problem.layers;
    config.dropout = 0;
    return config;
}

GruConfig gru_config(const Case& problem) {
    GruConfig config;
    config.inputs = config.width = problem.width;
    config.dropout = 0;
    return config;
}

/// Embeds both sides, and scores every symbol that may come next.
struct Ends {
    Ends(const Case& problem, Random& random)
        : source(source_symbols, problem.width, random),
          target(target_symbols, problem.width, random),
          scores(problem.width, target_symbols, random) {}

    Parameters parameters() const {
        return Parameters()
            .add("source", source.parameters())
            .add("target", target.parameters())
            .add("scores", scores.parameters());
    }

    Embedding source, target;
    Linear scores;
};

struct TransformerModel {
    explicit TransformerModel(const Case& problem, Random random = Random(1))
        : ends(problem, random),
          positions(problem.width),
          encoder(transformer_config(problem), random),
          decoder(transformer_config(problem), random) {}

    Variable operator()(const Index& source, const Index& decoder_input) const {
        const Mask padding = padding_mask(source, pad);
        const Variable memory = encoder(embed(ends.source, source), padding);
        return ends.scores(decoder(embed(ends.target, decoder_input),
                                   padding_mask(decoder_input, pad), memory, padding));
    }

    Variable embed(const Embedding& vectors, const Index& symbols) const {
        const Real up = std::sqrt(static_cast<Real>(vectors.table.shape()[1]));
        return positions(scale(vectors(symbols), up));
    }

    Parameters parameters() const {
        return ends.parameters()
            .add("encoder", encoder.parameters())
            .add("decoder", decoder.parameters());
    }

    Ends ends;
    PositionalEncoding positions;
    Encoder encoder;
    Decoder decoder;
};

struct GruModel {
    explicit GruModel(const Case& problem, Random random = Random(1))
        : ends(problem, random),
          encoder(gru_config(problem), random),
          decoder(gru_config(problem), random) {}

    Variable operator()(const Index& source, const Index& decoder_input) const {
        const GruMemory memory = encoder(ends.source(source), padding_mask(source, pad));
        return ends.scores(
            decoder(ends.target(decoder_input), padding_mask(decoder_input, pad), memory));
    }

    Parameters parameters() const {
        return ends.parameters()
            .add("encoder", encoder.parameters())
            .add("decoder", decoder.parameters());
    }

    Ends ends;
    GruEncoder encoder;
    GruDecoder decoder;
};

Parameters with_first_values(Parameters parameters, const Case& problem) {
    if (parameters.element_count() != parameter_count(problem)) {
        throw std::logic_error("this model has another number of parameters");
    }
    for (auto [name, variable] : parameters) {
        const Shape& shape = variable.shape();
        if (shape.size() == 2) {
            const std::vector<float> weight = first_weight(name, shape[0], shape[1]);
            std::copy(weight.begin(), weight.end(), numbers_of(variable).data());
        }
    }
    return parameters;
}

/// Some rows of a batch, [rows, length].
Index rows_of(const std::vector<std::int64_t>& symbols, std::size_t length, std::size_t first,
              std::size_t last) {
    Index rows(Index::shape_type{last - first, length});
    std::copy(symbols.data() + first * length, symbols.data() + last * length, rows.data());
    return rows;
}

constexpr std::size_t most_pieces = 4;  // a quarter of the memory

template <class Seq2Seq>
class Trainer {
public:
    Trainer(const Case& problem, std::size_t threads)
        : model_(problem),
          parameters_(with_first_values(model_.parameters(), problem)),
          workers_(threads) {
        criterion_.smoothing = smoothing;
        criterion_.ignore_index = pad;
        criterion_.reduction = Reduction::mean;
    }

    /// A share of the rows for each thread, in pieces. Forward took as long as in the slowest share.
    Step operator()(const Batch& batch) {
        criterion_.normaliser =
            static_cast<double>(batch.target_tokens);  // the shares' losses add up
        const Shares shares = shares_of(batch.rows);
        const std::size_t pieces = shares.count * shares.pieces;
        std::vector<double> forward(shares.count);
        bench::Stopwatch watch;
        const auto [losses, gradients] =
            data_parallel_gradients(workers_, shares, parameters_, [&](std::size_t i) {
                bench::Stopwatch piece_watch;
                const Variable loss =
                    loss_of(batch, batch.rows * i / pieces, batch.rows * (i + 1) / pieces);
                forward[i / shares.pieces] += piece_watch.lap();
                return loss;
            });
        Step step{std::accumulate(losses.begin(), losses.end(), 0.0),
                  *std::max_element(forward.begin(), forward.end()), 0, 0};
        step.backward = watch.lap() - step.forward;
        optimiser().step(gradients, rate);
        step.optimiser = watch.lap();
        return step;
    }

private:
    Variable loss_of(const Batch& batch, std::size_t first, std::size_t last) const {
        const auto target_rows = [&](const std::vector<std::int64_t>& symbols) {
            return rows_of(symbols, batch.target_length, first, last);
        };
        const Variable scores = model_(rows_of(batch.source, batch.source_length, first, last),
                                       target_rows(batch.decoder_input));
        return criterion_.from_logits(scores, target_rows(batch.target));
    }

    Shares shares_of(std::size_t rows) const {
        const std::size_t count = std::min(workers_.size(), rows);
        return {count, std::min(most_pieces, rows / count)};
    }

    Adam& optimiser() {
        if (!adam_) {
            AdamOptions options;
            options.rate = rate;
            adam_.emplace(parameters_, options);
        }
        return *adam_;
    }

    Seq2Seq model_;
    Parameters parameters_;
    Workers workers_;
    LabelSmoothedCrossEntropy criterion_;
    std::optional<Adam> adam_;
};

template <class Seq2Seq>
Train trained(const Case& problem, std::size_t threads) {
    const auto trainer = std::make_shared<Trainer<Seq2Seq>>(problem, threads);
    return [trainer](const Batch& batch) { return (*trainer)(batch); };
}

}  // namespace

int main(int argc, char** argv) {
    return measure_steps(argc, argv, [](const Case& problem, std::size_t threads) {
        return problem.model == Model::transformer ? trained<TransformerModel>(problem, threads)
                                                   : trained<GruModel>(problem, threads);
    });
}
