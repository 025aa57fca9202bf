#pragma once

#include "pronouncer.hpp"
#include "references.hpp"

namespace g2p {

/// What the criterion makes of one step: of what the model said after it had heard all phones before
/// the target (teacher forcing). All numbers of a PAD step are 0: it is masked, whatever the model says.
struct TokenLoss {
    std::int64_t target = Vocabulary::pad;
    double nll = 0;     // -log p(target)
    double smooth = 0;  // -sum_k log p(k)
    double loss = 0;    // (1 - eps) nll + eps / V smooth

    // For each of the V classes:
    std::vector<double> p;         // the model's probability
    std::vector<double> q;         // what it should be: (1 - eps) [k = target] + eps / V
    std::vector<double> gradient;  // of the summed loss by the scores, read from a tape: p - q

    bool is_pad() const { return target == Vocabulary::pad; }
};

/// One row of the loss matrix.
struct WordLosses {
    Reference reference;
    std::vector<TokenLoss>
        tokens;  // its phones, EOS, then PAD: in every row as many, at least one PAD
};

/// The loss matrix of a batch, with all that it was made of.
struct Explanation {
    double smoothing = 0;  // eps
    std::vector<std::string> classes;
    std::vector<WordLosses> words;

    double nll_weight() const { return 1 - smoothing; }
    double smooth_weight() const { return smoothing / static_cast<double>(classes.size()); }

    /// The entropy of q: no model has a smaller loss of a token, and p = q has this one.
    double least_loss() const;

    /// Of a token.
    double largest_loss() const;

    /// Between the gradient on the tape and p - q; no more than rounding.
    double largest_difference() const;

    const std::string& name(const TokenLoss& token) const {
        return classes[static_cast<std::size_t>(token.target)];
    }
};

/// Sums over the tokens of some words, PAD counted apart.
struct LossSums {
    std::size_t tokens = 0;
    std::size_t pads = 0;
    double nll = 0, smooth = 0, loss = 0;

    void add(const WordLosses& word);
};

/// The `count` likeliest classes, the likeliest first.
std::vector<std::size_t> likeliest(const TokenLoss& token, std::size_t count);

/// Puts the words into one batch, as training does, without dropout.
///
/// Throws ValueError for a smoothing outside [0, 1], more than 64 words, a word without letters or
/// phones or with more than 512, and a model whose scores are not finite.
Explanation explain(const Pronouncer& model, const std::vector<Reference>& references,
                    double smoothing);

}  // namespace g2p
