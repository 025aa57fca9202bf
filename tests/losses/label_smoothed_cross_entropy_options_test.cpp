// Class weights, a prior and excluded classes: what each does alone.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t pad = -100;

/// Log-probabilities need not be normalised: these are easy to add up.
const Variable lprobs(Array{{-1, -2, -3, -3}, {-2, -1, -4, -5}});
const Index target = {1, 0};

/// The same with a class of probability zero.
const Variable impossible(Array{{-1, -2, -4, -infinity}});

bool is(const Variable& loss, double expected) {
    return std::abs(loss.item() - expected) < 1e-14;
}

Array gradient(const LabelSmoothedCrossEntropy& criterion, const Variable& x, const Index& t) {
    Tape tape;
    return tape.gradients(criterion(x, t), {x})[0].value();
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy with class weights") {
    LabelSmoothedCrossEntropy weighed(double eps, Reduction reduction = Reduction::sum) {
        LabelSmoothedCrossEntropy criterion = criterion_with(eps, pad, reduction);
        criterion.class_weight = Array{1, 2, 0, 4};
        return criterion;
    }

    TEST_CASE("weighs every log-probability by its class") {
        // 0.6 (2 * 2) + 0.1 (1 * 1 + 2 * 2 + 4 * 3), and 0.6 (1 * 2) + 0.1 (1 * 2 + 2 * 1 + 4 * 5)
        const Array matrix = weighed(0.4, Reduction::none)(lprobs, target).value();
        CHECK(close(matrix, Array{2.4 + 1.7, 1.2 + 2.4}, 1e-14));
        CHECK(is(weighed(0.4)(lprobs, target), 7.7));
        CHECK(is(weighed(0)(lprobs, target), 2 * 2 + 1 * 2));
    }
    TEST_CASE("averages over the weights of the targets") {
        CHECK(weighed(0.4).mass(target) == 2 + 1);
        CHECK(weighed(0.4).mass(Index{3, 3, pad, 2}) == 4 + 4 + 0);
        CHECK(weighed(0.4).count(target) == 2);
        CHECK(is(weighed(0.4, Reduction::mean)(lprobs, target), 7.7 / 3));
        CHECK(is(weighed(0.4, Reduction::mean)(lprobs, Index{1, pad}), 4.1 / 2));
    }
    TEST_CASE("has a mean of 0 where no target weighs anything") {
        CHECK(is(weighed(0, Reduction::mean)(lprobs, Index{2, 2}), 0));
        CHECK(is(weighed(0.4, Reduction::mean)(lprobs, Index{pad, pad}), 0));
    }
    TEST_CASE("pulls by q w") {
        CHECK(close(gradient(weighed(0.4), lprobs, Index{1, pad}),
                    Array{{-.1, -.2 - 1.2, 0, -.4}, {0, 0, 0, 0}}, 1e-15));
    }
    TEST_CASE("fills where a weight is 0, as 0 times inf is nan") {
        const Variable x(Array{{-1, -2, -infinity, -3}});
        for (const std::int64_t k : {1, 2}) {
            CHECK(std::isfinite(weighed(0.4)(x, Index{k}).item()));
            CHECK(gradient(weighed(0.4), x, Index{k})(0, 2) == 0);
        }
    }
    TEST_CASE("of 1 each is the plain criterion, to the bit and on the tape") {
        LabelSmoothedCrossEntropy plain = criterion_with(0.4, pad);
        LabelSmoothedCrossEntropy ones = plain;
        ones.class_weight = Array(Shape{4}, 1);
        CHECK(same_bits(plain(lprobs, target).value(), ones(lprobs, target).value()));
        CHECK(operators_of([&] { ones(lprobs, target); }) ==
              operators_of([&] { plain(lprobs, target); }));
    }
    TEST_CASE("is two products more on the tape, and the zeros filled") {
        CHECK(operators_of([&] { weighed(0.4)(lprobs, target); }) ==
              Names{"Gather", "Neg", "MaskedFill", "Mul", "ReduceSum", "Neg", "MaskedFill",
                    "MaskedFill", "Mul", "ReduceSum", "ReduceSum", "Scale", "Scale", "Add"});
    }
}

TEST_SUITE("label_smoothed_cross_entropy with a prior") {
    LabelSmoothedCrossEntropy towards(const Array& prior, Convention convention) {
        LabelSmoothedCrossEntropy criterion = criterion_with(0.4, pad, Reduction::sum, convention);
        criterion.prior = prior;
        return criterion;
    }
    const Array prior = {.5, .25, .25, 0};

    TEST_CASE("smooths towards it, and leaves out a class of prior 0") {
        // 0.6 * 2 + 0.4 (.5 * 1 + .25 * 2 + .25 * 4)
        CHECK(is(towards(prior, Convention::uniform)(impossible, Index{1}), 1.2 + .4 * 2));
        // 0.6 * 2 + 0.4 (.5 * 1 + .25 * 4) / .75
        CHECK(is(towards(prior, Convention::wrong_classes)(impossible, Index{1}), 1.2 + .4 * 2));
        // 0.6 * 1 + 0.4 (.25 * 2 + .25 * 4) / .5
        CHECK(is(towards(prior, Convention::wrong_classes)(impossible, Index{0}), .6 + .4 * 3));
    }
    TEST_CASE("pulls by q") {
        CHECK(close(gradient(towards(prior, Convention::uniform), impossible, Index{1}),
                    Array{{-.2, -.7, -.1, 0}}, 1e-15));
        CHECK(close(gradient(towards(prior, Convention::wrong_classes), impossible, Index{0}),
                    Array{{-.6, -.2, -.2, 0}}, 1e-15));
    }
    TEST_CASE("without PAD: PAD has no prior, and no token has it") {
        LabelSmoothedCrossEntropy criterion = towards(prior, Convention::without_padding);
        criterion.ignore_index = 3;
        CHECK(close(gradient(criterion, impossible, Index{0}), Array{{-.6, -.2, -.2, 0}}, 1e-15));
    }
    TEST_CASE("that is even is the plain criterion") {
        for (const Convention convention : {Convention::uniform, Convention::wrong_classes}) {
            const auto plain = criterion_with(0.4, pad, Reduction::sum, convention);
            CHECK(is(towards(Array(Shape{4}, .25), convention)(lprobs, target),
                     plain(lprobs, target).item()));
        }
    }
    TEST_CASE("has one factor of each token where the targets' priors differ, else one of all") {
        const auto criterion = towards(prior, Convention::wrong_classes);
        const Names one = {"Gather", "Neg",        "MaskedFill", "Mul",       "ReduceSum",
                           "Neg",    "MaskedFill", "MaskedFill", "ReduceSum", "ReduceSum",
                           "Scale",  "Scale",      "Add"};
        CHECK(operators_of([&] { criterion(lprobs, Index{1, 2}); }) == one);
        CHECK(operators_of([&] { criterion(lprobs, Index{pad, 0}); }) == one);
        const Names each = {"Gather", "Neg",        "MaskedFill", "Mul", "ReduceSum",
                            "Neg",    "MaskedFill", "MaskedFill", "Mul", "ReduceSum",
                            "Mul",    "ReduceSum",  "Add"};
        CHECK(operators_of([&] { criterion(lprobs, Index{1, 0}); }) == each);
    }
}

TEST_SUITE("label_smoothed_cross_entropy with excluded classes") {
    LabelSmoothedCrossEntropy without(std::vector<std::int64_t> classes, Convention convention,
                                      double eps = 0.4) {
        LabelSmoothedCrossEntropy criterion = criterion_with(eps, pad, Reduction::sum, convention);
        criterion.excluded = std::move(classes);
        return criterion;
    }

    TEST_CASE("shares the mass among the others") {
        // 0.6 * 2 + 0.4 (1 + 2 + 4) / 3, and 0.6 * 2 + 0.4 (1 + 4) / 2
        CHECK(is(without({3}, Convention::uniform)(impossible, Index{1}), 1.2 + .4 * 7 / 3));
        CHECK(is(without({3}, Convention::wrong_classes)(impossible, Index{1}), 1.2 + 1.0));
    }
    TEST_CASE("pulls by q") {
        CHECK(close(gradient(without({3}, Convention::uniform, 0.3), impossible, Index{1}),
                    Array{{-.1, -.8, -.1, 0}}, 1e-15));
        CHECK(close(gradient(without({3}, Convention::wrong_classes), impossible, Index{1}),
                    Array{{-.2, -.6, -.2, 0}}, 1e-15));
    }
    TEST_CASE("shares it among all of the others if the target is excluded itself") {
        for (const Convention convention : {Convention::uniform, Convention::wrong_classes}) {
            CHECK(close(gradient(without({3}, convention, 0.3), lprobs, Index{3, pad}),
                        Array{{-.1, -.1, -.1, -.7}, {0, 0, 0, 0}}, 1e-15));
        }
    }
    TEST_CASE("takes duplicates for one") {
        CHECK(is(without({3, 3, 3}, Convention::uniform)(impossible, Index{1}), 1.2 + .4 * 7 / 3));
    }
    TEST_CASE("may exclude all without smoothing") {
        CHECK(is(without({0, 1, 2, 3}, Convention::uniform, 0)(impossible, Index{1}), 2));
    }
    TEST_CASE("excludes PAD as well without padding") {
        LabelSmoothedCrossEntropy criterion = without({3}, Convention::without_padding, 0.5);
        criterion.ignore_index = 0;
        CHECK(close(gradient(criterion, lprobs, Index{1, 0}), Array{{0, -.5, -.5, 0}, {0, 0, 0, 0}},
                    1e-15));
    }
    TEST_CASE("agrees with the convention without PAD, if that is what is excluded") {
        LabelSmoothedCrossEntropy convention =
            criterion_with(0.1, 3, Reduction::sum, Convention::without_padding);
        LabelSmoothedCrossEntropy option = without({3}, Convention::wrong_classes, 0.1);
        option.ignore_index = 3;
        CHECK(same_bits(convention(lprobs, target).value(), option(lprobs, target).value()));
    }
    TEST_CASE("is a fill more on the tape") {
        CHECK(operators_of([&] { without({3}, Convention::wrong_classes)(lprobs, target); }) ==
              Names{"Gather", "Neg", "MaskedFill", "ReduceSum", "Neg", "MaskedFill", "MaskedFill",
                    "ReduceSum", "ReduceSum", "Scale", "Scale", "Add"});
    }
}
