#include <doctest/doctest.h>

#include <xtape/ops/slice.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

struct Batch {
    Array lprobs;
    Index target;
};

Array rows(const Array& a, std::ptrdiff_t start, std::ptrdiff_t stop) {
    return slice(Variable(a), 0, start, stop).value();
}

/// Four tokens, as one batch and as two micro-batches of three and one.
const Array scores = random_array({4, 5}, -3, -1);
const Batch all = {scores, {1, 4, 2, 3}};
const Batch three = {rows(scores, 0, 3), {1, 4, 2}};
const Batch one = {rows(scores, 3, 4), {3}};

Array gradient(const Batch& batch, Reduction reduction) {
    return gradient_of(
        [&](const Variable& lprobs) { return our_criterion(reduction)(lprobs, batch.target); },
        batch.lprobs);
}

/// How strongly a gradient pulls at one token. In a mean over n tokens it is 1 / n.
double pull(const Array& gradient, std::size_t row) {
    double sum = 0;
    for (std::size_t j = 0; j < 5; ++j) {
        sum -= gradient(row, j);
    }
    return sum;
}

}  // namespace

TEST_SUITE("museum: micro-batches whose means are added") {
    TEST_CASE("are right if there is only one") {
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(pull(gradient(all, Reduction::mean), i) == doctest::Approx(1. / 4));
        }
    }
    TEST_CASE("inflate the gradient, by more the shorter they are") {
        CHECK(pull(gradient(three, Reduction::mean), 0) == doctest::Approx(1. / 3));
        CHECK(pull(gradient(one, Reduction::mean), 0) == doctest::Approx(1));
    }
    TEST_CASE("still weigh tokens differently when divided by their number") {
        CHECK(pull(gradient(three, Reduction::mean), 0) / 2 == doctest::Approx(1. / 6));
        CHECK(pull(gradient(one, Reduction::mean), 0) / 2 == doctest::Approx(1. / 2));
    }
    TEST_CASE("agree with the whole batch when sums are divided by the count of all") {
        const Array whole = gradient(all, Reduction::mean);
        Array first = gradient(three, Reduction::sum);
        Array second = gradient(one, Reduction::sum);
        const auto count = static_cast<Real>(our_criterion().count(all.target));
        first /= count;
        second /= count;
        CHECK(close(first, rows(whole, 0, 3), 1e-15));
        CHECK(close(second, rows(whole, 3, 4), 1e-15));
    }
}
