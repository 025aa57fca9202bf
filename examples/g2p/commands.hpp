#pragma once

#include <CLI/App.hpp>

#include "vocabulary.hpp"

namespace g2p {

// The four things the program does. Each adds its subcommand and options to `app`; parsing the
// command line runs it. `status` becomes the program's exit status. What goes wrong is thrown.

/// g2p train: trains on word lists or on the embedded ones, and writes a checkpoint. Exits with
/// 128 + signal if it was stopped by Ctrl-C or SIGTERM; the checkpoint is written all the same.
void add_train(CLI::App& app, int& status);

/// g2p eval: ends with a line "WER 12.34 PER 3.21".
void add_eval(CLI::App& app, int& status);

/// g2p predict: one line for each word.
void add_predict(CLI::App& app, int& status);

/// g2p explain: the loss of words token by token, as text and as a page with heat maps.
void add_explain(CLI::App& app, int& status);

/// Says on stderr which letters of a word the model has never seen, and can only guess at.
void warn_of_unknown(const Vocabulary& known, const std::string& word,
                     const std::vector<std::string>& letters);

}  // namespace g2p
