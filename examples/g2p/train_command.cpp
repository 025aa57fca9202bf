#include <memory>
#include <thread>

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <xtape/core/errors.hpp>

#include "commands.hpp"
#include "embedded_data.hpp"
#include "model_file.hpp"
#include "trainer.hpp"

using namespace xtape;

namespace g2p {

namespace {

struct Options {
    std::string train_file, dev_file, test_file, output;
    TrainingSettings settings;
    TransformerConfig sizes;
    bool has_minutes = false;
    bool has_steps = false;
};

std::vector<Word> words_of(const std::string& file, std::string_view embedded, const char* name) {
    return file.empty() ? read_words(embedded, name) : read_words(file);
}

struct Data {
    std::vector<Word> train, dev, test;
};

Data read_data(const Options& o) {
    if (o.train_file.empty() != o.dev_file.empty()) {
        throw ValueError(
            "train: --train and --dev go together; give both, or neither for the "
            "embedded dictionary");
    }
    Data data;
    data.train = words_of(o.train_file, embedded_train(), "embedded train.tsv");
    data.dev = words_of(o.dev_file, embedded_dev(), "embedded dev.tsv");
    if (!o.test_file.empty() || o.train_file.empty()) {
        data.test = words_of(o.test_file, embedded_test(), "embedded test.tsv");
    }
    return data;
}

void describe(const Options& o, const Data& data, const Pronouncer& model) {
    fmt::print("{}: {} words to learn from, {} to choose by, {} to test\n",
               o.train_file.empty() ? "CMUdict, stress removed" : o.train_file, data.train.size(),
               data.dev.size(), data.test.size());
    fmt::print("Transformer: {} + {} layers, width {}, {} parameters; {} thread{}, seed {}\n",
               o.sizes.encoder_layers, o.sizes.decoder_layers, o.sizes.width,
               model.parameters().element_count(), o.settings.threads,
               o.settings.threads == 1 ? "" : "s", o.settings.seed);
}

void show_test(const Pronouncer& model, const std::vector<Word>& words, std::size_t threads) {
    constexpr std::size_t rows = 20;
    Workers workers(threads);
    const std::vector<Phones> said = pronounce(model, words, workers);
    fmt::print("\nWords that it never saw (x: wrong):\n\n{}\n", table_of(said, words, rows));
    fmt::print("test: {} words, {}\n", words.size(), summary(score_of(said, words)));
}

int run(const Options& o) {
    const Data data = read_data(o);
    Pronouncer model(o.sizes, letters_of(data.train), phones_of(data.train), o.settings.seed);
    describe(o, data, model);
    require_writable(o.output);

    int signal = 0;
    {
        const Interrupt interrupt;
        const Score score = train(model, data.train, data.dev, o.settings, interrupt,
                                  [&] { save_model(o.output, model); });
        signal = interrupt.signal();
        fmt::print("{}the best weights are in {} (development {})\n",
                   signal != 0 ? "stopped; " : "", o.output, summary(score));
    }
    if (signal != 0) {
        return 128 + signal;
    }
    if (!data.test.empty()) {
        show_test(model, data.test, o.settings.threads);
    }
    return 0;
}

void add_data_options(CLI::App& command, Options& o) {
    command.add_option("--train", o.train_file, "Words to learn from, TSV: word<TAB>p h o n e s");
    command.add_option("--dev", o.dev_file, "Words to choose the best weights by");
    command.add_option("--test", o.test_file, "Words to test with at the end");
    command.add_option("--output", o.output, "The checkpoint to write (safetensors)")
        ->required()
        ->take_last();
}

void add_training_options(CLI::App& command, Options& o) {
    TrainingSettings& s = o.settings;
    const auto positive = CLI::Range(std::size_t{1}, std::size_t{1} << 20);
    command.add_option("--seed", s.seed, "Of weights, order and dropout")->take_last();
    command.add_option("--threads", s.threads, "Shares of each batch")
        ->check(CLI::Range(1, 256))
        ->take_last();
    command.add_option("--minutes", s.minutes, "Train so long; with --steps at most so long")
        ->check(CLI::Range(0.01, 1e5))
        ->take_last()
        ->each([&o](const std::string&) { o.has_minutes = true; });
    command.add_option("--steps", s.steps, "Plan so many steps; repeats to the bit")
        ->check(positive)
        ->take_last()
        ->each([&o](const std::string&) { o.has_steps = true; });
    command.add_option("--batch", s.batch_words, "Words in a batch")->check(positive)->take_last();
    command.add_option("--rate", s.peak_rate, "The highest learning rate")
        ->check(CLI::Range(1e-8, 1.0))
        ->take_last();
    command.add_option("--smoothing", s.smoothing, "eps of the criterion")
        ->check(CLI::Range(0.0, 1.0))
        ->take_last();
}

void add_model_options(CLI::App& command, Options& o) {
    const auto positive = CLI::Range(1, 65536);
    command.add_option("--width", o.sizes.width, "Of every vector")->check(positive)->take_last();
    command.add_option("--heads", o.sizes.heads, "Of attention")->check(positive)->take_last();
    command.add_option("--feed-forward", o.sizes.feed_forward, "Inner width")
        ->check(positive)
        ->take_last();
    command.add_option("--encoder-layers", o.sizes.encoder_layers)
        ->check(CLI::Range(1, 64))
        ->take_last();
    command.add_option("--decoder-layers", o.sizes.decoder_layers)
        ->check(CLI::Range(1, 64))
        ->take_last();
    command.add_option("--dropout", o.sizes.dropout)->check(CLI::Range(0.0, 0.9))->take_last();
}

}  // namespace

void add_train(CLI::App& app, int& status) {
    CLI::App* const command = app.add_subcommand("train", "Train on a dictionary");
    const auto o = std::make_shared<Options>();
    o->settings.threads = std::max(1U, std::thread::hardware_concurrency());
    command->option_defaults()->always_capture_default();
    add_data_options(*command, *o);
    add_training_options(*command, *o);
    add_model_options(*command, *o);
    command->callback([o, &status] {
        o->settings.fill_minutes = o->has_minutes && !o->has_steps;
        status = run(*o);
    });
}

}  // namespace g2p
