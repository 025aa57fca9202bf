#include <memory>
#include <thread>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "embedded_data.hpp"
#include "evaluation.hpp"
#include "model_file.hpp"

using namespace xtape;

namespace g2p {

namespace {

struct Options {
    std::string checkpoint, test_file;
    std::vector<std::string> words;
    std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
};

void evaluate(const Options& o) {
    const Pronouncer model = load_model(o.checkpoint);
    const std::vector<Word> words = o.test_file.empty()
                                        ? read_words(embedded_test(), "embedded test.tsv")
                                        : read_words(o.test_file);
    Workers workers(o.threads);
    const Score score = score_of(pronounce(model, words, workers), words);
    fmt::print("{} words, {} wrong; {} edits in {} phones\n{}\n", score.words, score.wrong,
               score.edits, score.reference_phones, summary(score));
}

void predict(const Options& o) {
    const Pronouncer model = load_model(o.checkpoint);
    std::vector<Word> words;
    for (const std::string& word : o.words) {
        words.push_back({word, split_letters(word, "predict"), {}});
        warn_of_unknown(model.letters, word, words.back().letters);
    }
    Workers workers(o.threads);
    const std::vector<Phones> said = pronounce(model, words, workers);
    for (std::size_t i = 0; i < words.size(); ++i) {
        fmt::print("{}\t{}\n", words[i].graphemes, fmt::join(said[i], " "));
    }
}

void add_common(CLI::App& command, Options& o) {
    command.add_option("--checkpoint", o.checkpoint, "The model, as train wrote it")->required();
    command.add_option("--threads", o.threads)->check(CLI::Range(1, 256));
}

}  // namespace

void warn_of_unknown(const Vocabulary& known, const std::string& word,
                     const std::vector<std::string>& letters) {
    for (const std::string& letter : letters) {
        if (known.id(letter) == Vocabulary::unknown) {
            fmt::print(stderr, "g2p: '{}' in '{}' is a letter the model never saw\n", letter, word);
        }
    }
}

void add_eval(CLI::App& app, int&) {
    CLI::App* const command = app.add_subcommand("eval", "Count what it gets wrong");
    const auto o = std::make_shared<Options>();
    add_common(*command, *o);
    command->add_option("--test", o->test_file, "Words, TSV; the embedded ones if not given");
    command->callback([o] { evaluate(*o); });
}

void add_predict(CLI::App& app, int&) {
    CLI::App* const command = app.add_subcommand("predict", "Pronounce words");
    const auto o = std::make_shared<Options>();
    add_common(*command, *o);
    command->add_option("words", o->words, "Words to pronounce")->required();
    command->callback([o] { predict(*o); });
}

}  // namespace g2p
