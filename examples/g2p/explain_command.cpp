#include <memory>

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/train/detail/files.hpp>

#include "commands.hpp"
#include "explanation_views.hpp"
#include "model_file.hpp"
#include "trainer.hpp"

using namespace xtape;

namespace g2p {

namespace {

struct Options {
    std::string checkpoint, page;
    std::vector<std::string> words;
    ReferenceSources sources;
    std::size_t top = 3;
    double smoothing = TrainingSettings().smoothing;
    bool wants_page = false;
};

void run(const Options& o) {
    if (o.wants_page && o.page.empty()) {
        throw ValueError("explain: --html needs the name of a file; the one given is empty");
    }
    const Pronouncer model = load_model(o.checkpoint);
    const std::vector<Reference> references =
        find_references(o.words, o.sources, model.letters, model.phones);
    for (const std::string& word : o.words) {
        warn_of_unknown(model.letters, word, split_letters(word, "explain"));
    }
    const Explanation explanation = explain(model, references, o.smoothing);
    if (o.wants_page) {
        const std::string page = page_of(explanation);
        replace_file(o.page, [&](File& file) { file.write(page.data(), page.size()); });
    }
    fmt::print("{}", text_of(explanation, o.top));
    if (o.wants_page) {
        fmt::print("\nThe heat maps are in {}\n", o.page);
    }
}

void add_options(CLI::App& command, Options& o) {
    command.add_option("--checkpoint", o.checkpoint, "The model, as train wrote it")->required();
    command.add_option("words", o.words, "Words to explain, in one batch")->required();
    command
        .add_option("--pronunciation", o.sources.pronunciations,
                    "\"P H O N E S\" that are right: one for each word, or several of one word")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--test", o.sources.file,
                       "Words and what is right, TSV; the embedded ones if not given");
    command.add_option("--html", o.page, "Write a page with heat maps of p, q and p - q")
        ->each([&o](const std::string&) { o.wants_page = true; });
    command.add_option("--top", o.top, "Likeliest phones in a line")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--smoothing", o.smoothing, "eps of the criterion")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
}

}  // namespace

void add_explain(CLI::App& app, int&) {
    CLI::App* const command =
        app.add_subcommand("explain", "Show the loss of words, token by token");
    const auto o = std::make_shared<Options>();
    add_options(*command, *o);
    command->callback([o] { run(*o); });
}

}  // namespace g2p
