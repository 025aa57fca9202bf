#include "evaluation.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <xtape/core/errors.hpp>

#include "batches.hpp"

using namespace xtape;

namespace g2p {

namespace {

std::size_t width_of(const std::string& utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) >> 6) != 2;
    }));
}

std::string spoken(const Phones& phones) {
    return fmt::format("{}", fmt::join(phones, " "));
}

/// One line of the table: a mark, the word, what was said, what is right.
using Line = std::array<std::string, 4>;

Line line_of(const Phones& said, const Word& word) {
    const auto& right = word.pronunciations;
    if (std::find(right.begin(), right.end(), said) != right.end()) {
        return {" ", word.graphemes, spoken(said), spoken(said)};
    }
    return {"x", word.graphemes, spoken(said), spoken(right.front())};
}

std::string aligned(const std::vector<Line>& lines) {
    std::array<std::size_t, 3> widths{};
    for (const Line& line : lines) {
        for (std::size_t k = 0; k < widths.size(); ++k) {
            widths[k] = std::max(widths[k], width_of(line[k]));
        }
    }
    std::string table;
    for (const Line& line : lines) {
        table += "  ";
        for (std::size_t k = 0; k < widths.size(); ++k) {
            table += line[k] + std::string(widths[k] - width_of(line[k]) + 2, ' ');
        }
        table += line.back() + '\n';
    }
    return table;
}

void require_readable(const std::vector<Word>& words) {
    constexpr std::size_t most = 512;  // attention takes memory for each pair of letters
    for (const Word& word : words) {
        if (word.letters.empty() || word.letters.size() > most) {
            throw ValueError(text("pronounce: '", word.graphemes.substr(0, 40), "' has ",
                                  word.letters.size(), " letters; it needs 1 to ", most));
        }
    }
}

}  // namespace

std::vector<Phones> pronounce(const Pronouncer& model, const std::vector<Word>& words,
                              Workers& workers) {
    require_readable(words);
    const auto batches =
        batches_by_length(make_questions(words, model.letters), {128, most_tokens});
    std::vector<Phones> said(words.size());
    workers.run(batches.size(), [&](std::size_t i) {
        const Batch& batch = batches[i];
        const auto answers = model.decode(batch.source);
        for (std::size_t row = 0; row < answers.size(); ++row) {
            said[batch.words[row]] = model.phones.symbols(answers[row]);
        }
    });
    return said;
}

Score score_of(const std::vector<Phones>& said, const std::vector<Word>& words) {
    Score score;
    for (std::size_t i = 0; i < words.size(); ++i) {
        score.add(said[i], words[i].pronunciations);
    }
    return score;
}

std::string table_of(const std::vector<Phones>& said, const std::vector<Word>& words,
                     std::size_t rows) {
    std::vector<Line> lines = {{" ", "word", "predicted", "truth"}};
    const std::size_t shown = std::min(rows, words.size());
    for (std::size_t row = 0; row < shown; ++row) {
        const std::size_t i = row * words.size() / shown;
        lines.push_back(line_of(said[i], words[i]));
    }
    return aligned(lines);
}

}  // namespace g2p
