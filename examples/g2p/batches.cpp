#include "batches.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <xtape/core/errors.hpp>

namespace g2p {

using namespace xtape;

namespace {

using Row = std::vector<std::int64_t>;
using Examples = std::vector<const Example*>;

/// An epoch is shuffled, then sorted by length within pieces of at most this many examples: large
/// enough to find companions of the same length, small enough to find others in the next epoch.
constexpr std::size_t piece = 8192;

/// Fisher and Yates. std::shuffle draws differently from one standard library to the next.
template <class T>
void shuffle(std::vector<T>& items, Random& random) {
    for (std::size_t left = items.size(); left > 1; --left) {
        std::swap(items[left - 1], items[random.below(left)]);
    }
}

/// Examples of equal length stay in their order.
void sort_by_length(Examples& examples) {
    std::stable_sort(examples.begin(), examples.end(), [](const Example* a, const Example* b) {
        return std::pair(a->phones.size(), a->letters.size()) <
               std::pair(b->phones.size(), b->letters.size());
    });
}

/// The rows one below the other, PAD after the end of the shorter ones.
Index padded(const std::vector<Row>& rows) {
    std::size_t longest = 0;
    for (const Row& row : rows) {
        longest = std::max(longest, row.size());
    }
    Index table(Index::shape_type{rows.size(), longest}, Vocabulary::pad);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::copy(rows[i].begin(), rows[i].end(), table.data() + i * longest);
    }
    return table;
}

Batch make_batch(const Examples& examples) {
    Batch batch;
    std::vector<Row> source, decoder_input, target;
    for (const Example* example : examples) {
        const Row& phones = example->phones;
        source.push_back(example->letters);
        decoder_input.push_back({Vocabulary::bos});
        decoder_input.back().insert(decoder_input.back().end(), phones.begin(), phones.end());
        target.push_back(phones);
        target.back().push_back(Vocabulary::eos);
        batch.tokens += target.back().size();
        batch.words.push_back(example->word);
    }
    batch.source = padded(source);
    batch.decoder_input = padded(decoder_input);
    batch.target = padded(target);
    return batch;
}

std::size_t longest_row(const Example& example) {
    return std::max(example.letters.size(), example.phones.size() + 1);
}

/// Appends the batches of examples that are sorted by length.
void cut(const Examples& sorted, const BatchSize& size, std::vector<Batch>& batches) {
    if (sorted.empty()) {
        return;
    }
    // As many words in each batch as in the others, instead of a last one with a handful.
    const std::size_t count = (sorted.size() + size.words - 1) / size.words;
    const std::size_t words = (sorted.size() + count - 1) / count;
    Examples together;
    std::size_t longest = 0;
    for (const Example* example : sorted) {
        const std::size_t with_it = std::max(longest, longest_row(*example));
        const bool too_large = size.tokens != 0 && with_it * (together.size() + 1) > size.tokens;
        if (!together.empty() && (together.size() == words || too_large)) {
            batches.push_back(make_batch(together));
            together.clear();
            longest = 0;
        }
        together.push_back(example);
        longest = std::max(longest, longest_row(*example));
    }
    batches.push_back(make_batch(together));
}

Examples pointers(const std::vector<Example>& examples) {
    Examples all;
    for (const Example& example : examples) {
        all.push_back(&example);
    }
    return all;
}

void require_words(const BatchSize& size) {
    if (size.words == 0) {
        throw ValueError("batches: the number of words in a batch is 0; it must be at least 1");
    }
}

}  // namespace

std::vector<Example> make_examples(const std::vector<Word>& words, const Vocabulary& letters,
                                   const Vocabulary& phones) {
    std::vector<Example> examples;
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (const Phones& pronunciation : words[i].pronunciations) {
            examples.push_back({i, letters.ids(words[i].letters), phones.ids(pronunciation)});
        }
    }
    return examples;
}

std::vector<Example> make_questions(const std::vector<Word>& words, const Vocabulary& letters) {
    std::vector<Example> questions;
    for (std::size_t i = 0; i < words.size(); ++i) {
        questions.push_back({i, letters.ids(words[i].letters), {}});
    }
    return questions;
}

std::vector<Batch> batches_by_length(const std::vector<Example>& examples, const BatchSize& size) {
    require_words(size);
    Examples sorted = pointers(examples);
    sort_by_length(sorted);
    std::vector<Batch> batches;
    cut(sorted, size, batches);
    return batches;
}

std::vector<Batch> shuffled_batches(const std::vector<Example>& examples, const BatchSize& size,
                                    Random random) {
    require_words(size);
    Examples all = pointers(examples);
    shuffle(all, random);
    std::vector<Batch> batches;
    const std::size_t pieces = (all.size() + piece - 1) / piece;
    for (std::size_t i = 0; i < pieces; ++i) {
        Examples similar(all.data() + i * all.size() / pieces,
                         all.data() + (i + 1) * all.size() / pieces);
        sort_by_length(similar);
        cut(similar, size, batches);
    }
    shuffle(batches, random);
    return batches;
}

}  // namespace g2p
