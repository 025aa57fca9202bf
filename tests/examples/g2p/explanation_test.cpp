#include "examples/g2p/explanation.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/ops/log_softmax.hpp>

#include "tests/examples/g2p/small_model.hpp"
#include "tests/support/criterion.hpp"

using namespace g2p;
using namespace xtape;

namespace {

/// Of what single precision has left after a sum over the classes.
doctest::Approx about(double x) {
    return doctest::Approx(x).epsilon(1e-5).scale(1);
}

bool all_zero(const std::vector<double>& numbers) {
    return std::all_of(numbers.begin(), numbers.end(),
                       [](double x) { return x == 0 && !std::signbit(x); });
}

}  // namespace

TEST_SUITE("explanation") {
    const std::vector<Word> words = read_words("cat\tK AE T\na\tEY\nact\tAE K T\n", "words.tsv");
    const Pronouncer model = small_model(words);
    const std::vector<Reference> references = {{"cat", {"c", "a", "t"}, {"K", "AE", "T"}, "here"},
                                               {"a", {"a"}, {"EY"}, "there"}};
    const Explanation e = explain(model, references, 0.1);
    const auto classes = static_cast<double>(e.classes.size());

    // Of the same batch, as a table: cat, then a.
    const Variable lprobs = log_softmax(
        model(Index{{5, 4, 6}, {4, 0, 0}}, Index{{1, 6, 4, 7, 0}, {1, 5, 0, 0, 0}}), -1);
    const Index target = {{6, 4, 7, 2, 0}, {5, 2, 0, 0, 0}};

    TEST_CASE("has a row for each word, in their order, and a column of PAD after the longest") {
        REQUIRE(e.words.size() == 2);
        CHECK(e.words[0].reference.graphemes == "cat");
        CHECK(e.words[1].reference.origin == "there");
        for (std::size_t row = 0; row < 2; ++row) {
            REQUIRE(e.words[row].tokens.size() == 5);
            for (std::size_t step = 0; step < 5; ++step) {
                CHECK(e.words[row].tokens[step].target == target(row, step));
            }
        }
    }

    TEST_CASE("is to the bit the loss matrix of the criterion, which it splits") {
        const Array loss = criterion_with(0.1, 0, Reduction::none)(lprobs, target).value();
        const Array nll = criterion_with(0, 0, Reduction::none)(lprobs, target).value();
        for (std::size_t row = 0; row < 2; ++row) {
            for (std::size_t step = 0; step < 5; ++step) {
                const TokenLoss& token = e.words[row].tokens[step];
                CHECK(token.loss == static_cast<double>(loss(row, step)));
                CHECK(token.nll == static_cast<double>(nll(row, step)));
                CHECK(token.loss == about(0.9 * token.nll + 0.1 / classes * token.smooth));
                CHECK(token.loss ==
                      about(e.nll_weight() * token.nll + e.smooth_weight() * token.smooth));
            }
        }
    }

    TEST_CASE("sums up to what training minimises") {
        LossSums sums;
        sums.add(e.words[0]);
        sums.add(e.words[1]);
        CHECK(sums.tokens == 6);
        CHECK(sums.pads == 4);
        CHECK(sums.loss ==
              about(static_cast<double>(criterion_with(0.1, 0)(lprobs, target).item())));
        CHECK(sums.nll == about(static_cast<double>(criterion_with(0, 0)(lprobs, target).item())));
    }

    TEST_CASE("takes p from the model, q from the target, and p - q from a tape") {
        const TokenLoss& token = e.words[0].tokens[1];
        double p = 0, q = 0, smooth = 0;
        for (std::size_t k = 0; k < e.classes.size(); ++k) {
            CHECK(token.p[k] == about(std::exp(static_cast<double>(lprobs.value()(0, 1, k)))));
            CHECK(token.q[k] == about((k == 4 ? 0.9 : 0) + 0.1 / classes));
            CHECK(token.gradient[k] == about(token.p[k] - token.q[k]));
            p += token.p[k];
            q += token.q[k];
            smooth -= std::log(token.p[k]);
        }
        CHECK(p == about(1));
        CHECK(q == about(1));
        CHECK(token.nll == about(-std::log(token.p[4])));
        CHECK(token.smooth == about(smooth));
        CHECK(e.largest_difference() < 1e-6);
        CHECK(e.largest_difference() > 0);  // two ways to the same numbers
    }

    TEST_CASE("is exactly zero where there is PAD") {
        for (const WordLosses& word : e.words) {
            for (const TokenLoss& token : word.tokens) {
                CHECK(token.is_pad() == (token.loss == 0));
                if (token.is_pad()) {
                    CHECK(all_zero({token.nll, token.smooth, token.loss}));
                    CHECK(all_zero(token.p));
                    CHECK(all_zero(token.q));
                    CHECK(all_zero(token.gradient));
                }
            }
        }
    }

    TEST_CASE("knows the least loss, the entropy of q, and the largest") {
        CHECK(explain(model, references, 0).least_loss() == 0);
        CHECK(explain(model, references, 1).least_loss() == about(std::log(classes)));
        CHECK(e.largest_loss() > e.least_loss());
    }

    TEST_CASE("is the same without smoothing, and with nothing else") {
        const TokenLoss plain = explain(model, references, 0).words[0].tokens[0];
        CHECK(plain.loss == plain.nll);
        CHECK(plain.smooth == e.words[0].tokens[0].smooth);
        const TokenLoss uniform = explain(model, references, 1).words[0].tokens[0];
        CHECK(uniform.loss == about(uniform.smooth / classes));
    }

    TEST_CASE("names the likeliest classes, the first of equal ones first") {
        TokenLoss token;
        token.p = {0.1, 0.4, 0.1, 0.4};
        CHECK(likeliest(token, 3) == std::vector<std::size_t>{1, 3, 0});
        CHECK(likeliest(token, 9).size() == 4);
    }

    TEST_CASE("refuses what it cannot explain") {
        CHECK_THROWS_WITH_AS(explain(model, {}, 0.1),
                             "explain: there are 0 pronunciations; it takes 1 to 64", ValueError);
        CHECK_THROWS_WITH_AS(explain(model, {{"cat", {"c", "a", "t"}, {}, ""}}, 0.1),
                             "explain: 'cat' has 3 letters and 0 phones; it needs 1 to 512 of each",
                             ValueError);
        CHECK_THROWS_WITH_AS(explain(model, references, 1.5),
                             "label_smoothed_cross_entropy: smoothing 1.5 is outside [0, 1]",
                             ValueError);
        Pronouncer broken = small_model(words);
        broken.score_bias.assign(
            Array(broken.score_bias.shape(), std::numeric_limits<Real>::quiet_NaN()));
        CHECK_THROWS_WITH_AS(explain(broken, references, 0.1),
                             "explain: the model's scores are not finite; its weights are broken",
                             ValueError);
    }
}
