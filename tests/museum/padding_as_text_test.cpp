#include <doctest/doctest.h>

#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr std::int64_t blank = 0;  // the character between words

/// The mean over all characters. Short sentences are filled up with blanks, which are characters.
Variable blank_is_text(const Variable& lprobs, const Index& target) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = 0;
    criterion.reduction = Reduction::mean;
    return criterion(lprobs, target);
}

/// The same, with a PAD that is no character.
Variable ours(const Variable& lprobs, Index target, std::size_t length) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = 0;
    criterion.reduction = Reduction::mean;
    criterion.ignore_index = -1;
    for (std::size_t i = length; i < target.size(); ++i) {
        target(i) = -1;
    }
    return criterion(lprobs, target);
}

/// A model that has learnt nothing but to write blanks.
Variable lprobs_of_blanks(std::size_t characters) {
    Array lprobs(Shape{characters, 5}, std::log(0.01));
    for (std::size_t i = 0; i < characters; ++i) {
        lprobs(i, blank) = std::log(0.96);
    }
    return Variable(lprobs);
}

}  // namespace

TEST_SUITE("museum: sentences filled up with blanks") {
    const Index sentence = {3, 1};
    const Index filled = {3, 1, blank, blank, blank, blank, blank, blank};

    TEST_CASE("are right when all are equally long") {
        CHECK(blank_is_text(lprobs_of_blanks(2), sentence).item() ==
              ours(lprobs_of_blanks(2), sentence, 2).item());
    }
    TEST_CASE("reward a model that writes nothing, more the longer their neighbours are") {
        const double per_character = -std::log(0.01);
        CHECK(blank_is_text(lprobs_of_blanks(2), sentence).item() ==
              doctest::Approx(per_character));
        CHECK(blank_is_text(lprobs_of_blanks(8), filled).item() ==
              doctest::Approx((2 * per_character - 6 * std::log(0.96)) / 8));
        CHECK(ours(lprobs_of_blanks(8), filled, 2).item() == doctest::Approx(per_character));
    }
}
