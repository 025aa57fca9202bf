#include <doctest/doctest.h>

#include "tests/museum/fixture.hpp"

using namespace xtape;

namespace {

/// exp of the training loss per token, smoothed or not.
Real perplexity(double smoothing, const Array& lprobs, const Index& target) {
    LabelSmoothedCrossEntropy criterion = our_criterion(Reduction::mean);
    criterion.smoothing = smoothing;
    return std::exp(criterion(Variable(lprobs), target).item());
}

/// The log-probabilities of a model that gives p to class 1 and shares the rest among the others.
Array sure_of_class_1(double p) {
    Array lprobs(Shape{1, 5}, std::log((1 - p) / 4));
    lprobs(0, 1) = std::log(p);
    return lprobs;
}

}  // namespace

TEST_SUITE("museum: the perplexity of a smoothed loss") {
    TEST_CASE("is right for a model that knows nothing") {
        const Array uniform(Shape{1, 5}, std::log(0.2));
        CHECK(perplexity(0, uniform, {1}) == doctest::Approx(5));
        CHECK(perplexity(0.1, uniform, {1}) == doctest::Approx(5));
    }
    TEST_CASE("is too large for others") {
        CHECK(perplexity(0, known_lprobs, known_target) ==
              doctest::Approx(std::exp(known_nll / 2)));
        CHECK(perplexity(0.1, known_lprobs, known_target) ==
              doctest::Approx(std::exp(known_loss / 2)));
    }
    TEST_CASE("calls the better model the worse") {
        const Array good = sure_of_class_1(0.9);
        const Array better = sure_of_class_1(0.96);
        CHECK(perplexity(0, better, {1}) == doctest::Approx(1 / 0.96));
        CHECK(perplexity(0, better, {1}) < perplexity(0, good, {1}));
        CHECK(perplexity(0.1, better, {1}) > perplexity(0.1, good, {1}));
    }
}
