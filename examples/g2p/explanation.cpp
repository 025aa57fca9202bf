#include "explanation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/ops/reduce_sum.hpp>

#include "batches.hpp"

using namespace xtape;

namespace g2p {

namespace {

void require_lengths(const std::vector<Reference>& references) {
    constexpr std::size_t most_words = 64;  // somebody is to look at all of them
    constexpr std::size_t longest = 512;    // attention takes memory for each pair of letters
    if (references.empty() || references.size() > most_words) {
        throw ValueError(text("explain: there are ", references.size(),
                              " pronunciations; it takes 1 to ", most_words));
    }
    for (const Reference& reference : references) {
        for (const std::size_t length : {reference.letters.size(), reference.phones.size()}) {
            if (length == 0 || length > longest) {
                throw ValueError(text("explain: '", reference.graphemes.substr(0, 40), "' has ",
                                      reference.letters.size(), " letters and ",
                                      reference.phones.size(), " phones; it needs 1 to ", longest,
                                      " of each"));
            }
        }
    }
}

/// One column of PAD more, so that the longest row shows too what becomes of it.
Index with_padding(const Index& table) {
    const std::size_t width = table.shape()[1];
    Index wider(Index::shape_type{table.shape()[0], width + 1}, Vocabulary::pad);
    for (std::size_t row = 0; row < table.shape()[0]; ++row) {
        std::copy_n(table.data() + row * width, width, wider.data() + row * (width + 1));
    }
    return wider;
}

Batch batch_of(const std::vector<Reference>& references, const Pronouncer& model) {
    std::vector<Example> examples;
    for (const Reference& reference : references) {
        examples.push_back({examples.size(), model.letters.ids(reference.letters),
                            model.phones.ids(reference.phones)});
    }
    Batch batch = batches_by_length(examples, {examples.size(), 0}).front();
    batch.decoder_input = with_padding(batch.decoder_input);
    batch.target = with_padding(batch.target);
    return batch;
}

void require_finite(const Array& scores) {
    if (!std::all_of(scores.begin(), scores.end(), [](Real s) { return std::isfinite(s); })) {
        throw ValueError("explain: the model's scores are not finite; its weights are broken");
    }
}

/// The criterion's numbers for a batch, one row a token and not yet sorted by words.
struct Matrices {
    Array nll, smooth, loss;  // [B, T]
    Array lprobs, gradient;   // [B, T, V]
};

Matrices matrices_of(const Variable& scores, const Index& target, double smoothing) {
    LabelSmoothedCrossEntropy criterion;
    criterion.ignore_index = Vocabulary::pad;
    const auto reduced = [&](Reduction reduction, double eps, const Variable& lprobs) {
        criterion.reduction = reduction;
        criterion.smoothing = eps;
        return criterion(lprobs, target);
    };
    Tape tape;
    const Variable lprobs = log_softmax(scores, -1);
    const Variable sum = reduced(Reduction::sum, smoothing, lprobs);
    const Variable gradient = tape.gradients(sum, {scores})[0];
    // With eps = 0 the criterion is nll, with eps = 1 it is smooth / V.
    Array smooth = reduced(Reduction::none, 1, lprobs).value();
    smooth *= static_cast<Real>(scores.shape().back());
    return {reduced(Reduction::none, 0, lprobs).value(), smooth,
            reduced(Reduction::none, smoothing, lprobs).value(), lprobs.value(), gradient.value()};
}

/// The numbers of row `row`, a token that counts or PAD.
TokenLoss token_of(const Matrices& m, std::size_t row, std::int64_t target, double smoothing) {
    const std::size_t classes = m.lprobs.shape().back();
    const Real* const gradient = m.gradient.data() + row * classes;
    const auto without_sign = [](Real x) {
        return static_cast<double>(x) + 0;
    };  // -0 is 0 to people
    const auto number = [&](const Array& matrix) { return without_sign(matrix.data()[row]); };
    TokenLoss token{target, number(m.nll), number(m.smooth), number(m.loss), {}, {}, {}};
    std::transform(gradient, gradient + classes, std::back_inserter(token.gradient), without_sign);
    token.p.assign(classes, 0);
    token.q.assign(classes, 0);
    if (!token.is_pad()) {
        for (std::size_t k = 0; k < classes; ++k) {
            token.p[k] = std::exp(static_cast<double>(m.lprobs.data()[row * classes + k]));
            token.q[k] = smoothing / static_cast<double>(classes);
        }
        token.q[static_cast<std::size_t>(target)] += 1 - smoothing;
    }
    return token;
}

}  // namespace

double Explanation::least_loss() const {
    const auto part = [](double q) { return q > 0 ? -q * std::log(q) : 0; };
    return part(nll_weight() + smooth_weight()) +
           static_cast<double>(classes.size() - 1) * part(smooth_weight());
}

double Explanation::largest_loss() const {
    double largest = 0;
    for (const WordLosses& word : words) {
        for (const TokenLoss& token : word.tokens) {
            largest = std::max(largest, token.loss);
        }
    }
    return largest;
}

double Explanation::largest_difference() const {
    double largest = 0;
    for (const WordLosses& word : words) {
        for (const TokenLoss& token : word.tokens) {
            for (std::size_t k = 0; k < classes.size(); ++k) {
                largest =
                    std::max(largest, std::abs(token.gradient[k] - (token.p[k] - token.q[k])));
            }
        }
    }
    return largest;
}

void LossSums::add(const WordLosses& word) {
    for (const TokenLoss& token : word.tokens) {
        (token.is_pad() ? pads : tokens) += 1;
        nll += token.nll;
        smooth += token.smooth;
        loss += token.loss;
    }
}

std::vector<std::size_t> likeliest(const TokenLoss& token, std::size_t count) {
    std::vector<std::size_t> classes(token.p.size());
    std::iota(classes.begin(), classes.end(), std::size_t{0});
    std::stable_sort(classes.begin(), classes.end(),
                     [&](std::size_t a, std::size_t b) { return token.p[a] > token.p[b]; });
    classes.resize(std::min(count, classes.size()));
    return classes;
}

Explanation explain(const Pronouncer& model, const std::vector<Reference>& references,
                    double smoothing) {
    require_lengths(references);
    const Batch batch = batch_of(references, model);
    const Variable scores = model(batch.source, batch.decoder_input);
    require_finite(scores.value());
    const Matrices matrices = matrices_of(scores, batch.target, smoothing);

    Explanation explanation{smoothing, model.phones.list(), {}};
    explanation.words.resize(references.size());
    const std::size_t width = batch.target.shape()[1];
    for (std::size_t row = 0; row < references.size(); ++row) {
        WordLosses& word = explanation.words[batch.words[row]];
        word.reference = references[batch.words[row]];
        for (std::size_t i = row * width; i < (row + 1) * width; ++i) {
            word.tokens.push_back(token_of(matrices, i, batch.target.data()[i], smoothing));
        }
    }
    return explanation;
}

}  // namespace g2p
