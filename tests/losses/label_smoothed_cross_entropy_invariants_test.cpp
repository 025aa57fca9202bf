#include <cmath>
#include <thread>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/permute.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

const Array scores = random_array({4, 5}, -3, 3);
const Index target = {3, 0, 1, 4};

LabelSmoothedCrossEntropy smoothed_by(double eps) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = eps;
    return criterion;
}

/// The loss and its gradient by the scores.
struct Result {
    double loss;
    Array gradient;
};

Result run(const Array& at, const Index& wanted) {
    const Variable x(at);
    Tape tape;
    const Variable loss = our_criterion().from_logits(x, wanted);
    return {loss.item(), tape.gradients(loss, {x})[0].value()};
}

/// Rows or columns of x in another order.
Array picked(const Array& x, std::ptrdiff_t axis, const Index& order) {
    return axis == 0 ? embedding(Variable(x), order).value()
                     : transpose(embedding(transpose(Variable(x)), order)).value();
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy") {
    TEST_CASE("is at least the entropy of what it asks for, and reaches it") {
        const double entropy = -(0.92 * std::log(0.92) + 4 * 0.02 * std::log(0.02));
        Array best(Shape{1, 5}, std::log(0.02));
        best(0, 3) = std::log(0.92);
        const LabelSmoothedCrossEntropy criterion;
        CHECK(criterion(Variable(best), Index{3}).item() ==
              doctest::Approx(entropy).epsilon(1e-14));
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CHECK(criterion.from_logits(Variable(random_array({1, 5}, -4, 4, seed)), Index{3})
                      .item() > entropy);
        }
    }
    TEST_CASE("stays finite for scores of ten thousand") {
        const Variable logits(Array{{1e4, -1e4, 0}, {-1e4, 1e4, 1e4}});
        Tape tape;
        const Variable loss = smoothed_by(0.3).from_logits(logits, Index{1, 1});
        // -log p of each class: 0, 2e4 and 1e4 in the first row, 2e4 + log 2, log 2 and log 2 in the other.
        const double log_2 = std::log(2.0);
        CHECK(loss.item() ==
              doctest::Approx(0.7 * (2e4 + log_2) + 0.1 * (3e4 + 2e4 + 3 * log_2)).epsilon(1e-14));
        CHECK(close(tape.gradients(loss, {logits})[0].value(),
                    Array{{0.9, -0.8, -0.1}, {-0.1, -0.3, 0.4}}));
    }
    TEST_CASE("takes log-probabilities as they come, normalised or not") {
        const Array numbers = {{1, 2, 3}, {-1, 0, 4}};
        CHECK(smoothed_by(0.3)(Variable(numbers), Index{2, 0}).item() ==
              doctest::Approx(-(0.7 * (3 - 1) + 0.1 * (6 + 3))).epsilon(1e-15));
    }
    TEST_CASE("keeps no state: one object serves any number of calls and threads") {
        const auto criterion = our_criterion();
        const Variable lprobs(known_lprobs);
        const Array expected = criterion(lprobs, known_target).value();
        criterion(Variable(random_array({2, 7})), Index{6, 0});
        Array elsewhere;
        std::thread([&] { elsewhere = criterion(lprobs, known_target).value(); }).join();
        CHECK(same_bits(elsewhere, expected));
        CHECK(same_bits(criterion(lprobs, known_target).value(), expected));
    }
    TEST_CASE("takes a column of targets for one, also where there is one class") {
        const Variable lprobs(array_of({2, 1}, {-1, -2}));
        LabelSmoothedCrossEntropy criterion;
        criterion.reduction = Reduction::none;
        CHECK(criterion(lprobs, index_of({2, 1}, {0, 0})).value() == Array{1, 2});
    }
}

TEST_SUITE("label_smoothed_cross_entropy and order") {
    TEST_CASE("rows may stand in any") {
        const auto [loss, gradient] = run(scores, target);
        const Index order = {2, 3, 0, 1};
        const Result other = run(picked(scores, 0, order), Index{1, 4, 3, 0});
        CHECK(other.loss == doctest::Approx(loss).epsilon(1e-14));
        CHECK(close(other.gradient, picked(gradient, 0, order), 1e-15));
    }
    TEST_CASE("classes may be numbered in any") {
        const auto [loss, gradient] = run(scores, target);
        const Index order = {0, 3, 4, 1, 2};  // the new class k is the old order(k)
        const Result other = run(picked(scores, 1, order), Index{1, 0, 3, 2});
        CHECK(other.loss == doctest::Approx(loss).epsilon(1e-14));
        CHECK(close(other.gradient, picked(gradient, 1, order), 1e-14));
    }
    TEST_CASE("a constant may be added to each row of scores") {
        const auto [loss, gradient] = run(scores, target);
        const Variable shifted = Variable(scores) + Variable(array_of({4, 1}, {1, -20, 300, 4}));
        const Result other = run(shifted.value(), target);
        CHECK(other.loss == doctest::Approx(loss).epsilon(1e-13));
        CHECK(close(other.gradient, gradient, 1e-13));
    }
    TEST_CASE("batches may be joined") {
        const auto [loss, gradient] = run(scores, target);
        const Result first = run(picked(scores, 0, Index{0, 1}), Index{3, 0});
        const Result second = run(picked(scores, 0, Index{2, 3}), Index{1, 4});
        CHECK(first.loss + second.loss == doctest::Approx(loss).epsilon(1e-14));
        CHECK(close(picked(gradient, 0, Index{0, 1}), first.gradient, 1e-15));
        CHECK(close(picked(gradient, 0, Index{2, 3}), second.gradient, 1e-15));
    }
}
