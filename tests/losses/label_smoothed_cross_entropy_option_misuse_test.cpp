#include <cmath>
#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

const Variable x(random_array({2, 4}));
const Index target = {1, 3};

using Change = std::function<void(LabelSmoothedCrossEntropy&)>;

/// What a criterion says that was changed, by log-probabilities and from logits alike.
std::string message(const Change& change, double smoothing = 0.1) {
    LabelSmoothedCrossEntropy criterion = criterion_with(smoothing);
    change(criterion);
    const std::string said = message_of([&] { criterion(x, target); });
    CHECK(message_of([&] { criterion.from_logits(x, target); }) == said);
    return said;
}

template <class ErrorType>
bool throws(const Change& change) {
    LabelSmoothedCrossEntropy criterion = criterion_with(0.1);
    change(criterion);
    try {
        criterion(x, target);
    } catch (const ErrorType&) {
        return true;
    }
    return false;
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy refuses") {
    TEST_CASE("class weights that are none") {
        const Change short_one = [](auto& c) { c.class_weight = Array{1, 2, 3}; };
        CHECK(
            message(short_one) ==
            "label_smoothed_cross_entropy: class_weight has shape [3] and there are 4 classes; it "
            "must be [4]");
        CHECK(throws<ShapeError>(short_one));
        const Change negative = [](auto& c) { c.class_weight = Array{1, -2, 3, 4}; };
        CHECK(message(negative) ==
              "label_smoothed_cross_entropy: class_weight -2 of class 1 must be at least 0 and "
              "finite");
        CHECK(throws<ValueError>(negative));
        CHECK(throws<ValueError>([](auto& c) { c.class_weight = Array{1, 2, 3, NAN}; }));
        CHECK(throws<ValueError>([](auto& c) { c.class_weight = Array{1, 2, 3, INFINITY}; }));
    }
    TEST_CASE("to weigh what is no class") {
        LabelSmoothedCrossEntropy criterion = criterion_with(0.1, -100);
        criterion.class_weight = Array{1, 2, 3, 4};
        CHECK_THROWS_WITH_AS(
            criterion.mass(Index{1, -100, 4}),
            "label_smoothed_cross_entropy: target 4 at [2] is outside [0, 4) and is "
            "not the ignored -100",
            IndexError);
    }
    TEST_CASE("priors that are none") {
        const Change short_one = [](auto& c) { c.prior = Array{.5, .5}; };
        CHECK(
            message(short_one) ==
            "label_smoothed_cross_entropy: prior has shape [2] and there are 4 classes; it must be "
            "[4]");
        CHECK(throws<ShapeError>(short_one));
        const Change excessive = [](auto& c) { c.prior = Array{.5, .5, .25, 0}; };
        CHECK(message(excessive) ==
              "label_smoothed_cross_entropy: prior sums to 1.25; it must sum to 1");
        CHECK(throws<ValueError>(excessive));
        CHECK(message([](auto& c) {
                  c.prior = Array{.5, .75, -.25, 0};
              }) ==
              "label_smoothed_cross_entropy: prior gives -0.25 to class 2; no probability is "
              "negative or nan");
        CHECK(throws<ValueError>([](auto& c) { c.prior = Array{.5, .5, 0, NAN}; }));
        CHECK(message([](auto& c) { c.prior = Array{.1, .2, .3, .4}; }).empty());
        const double third = 1. / 3;
        CHECK(message([&](auto& c) { c.prior = Array{third, third, third, 1e-16}; }).empty());
        CHECK_FALSE(message([&](auto& c) { c.prior = Array{third, third, third, 1e-14}; }).empty());
    }
    TEST_CASE("excluded classes that are none") {
        const Change beyond = [](auto& c) { c.excluded = {0, 4}; };
        CHECK(message(beyond) ==
              "label_smoothed_cross_entropy: the excluded class 4 is outside [0, 4)");
        CHECK(throws<IndexError>(beyond));
        CHECK(throws<IndexError>([](auto& c) { c.excluded = {-1}; }));
    }
    TEST_CASE("to smooth towards nothing") {
        const Change all = [](auto& c) { c.excluded = {3, 1, 0, 2}; };
        CHECK(
            message(all) ==
            "label_smoothed_cross_entropy: all 4 classes are excluded; smoothing 0.1 needs one to "
            "go to");
        CHECK(throws<ValueError>(all));
        CHECK(message(all, 0).empty());
    }
    TEST_CASE("a prior for what is excluded") {
        const Change both = [](auto& c) {
            c.prior = Array{.25, .75, 0, 0};
            c.excluded = {2, 0};
        };
        CHECK(
            message(both) ==
            "label_smoothed_cross_entropy: prior gives 0.25 to the excluded class 0; it must give "
            "0");
        CHECK(throws<ValueError>(both));
        CHECK(
            message([](auto& c) {
                c.prior = Array{.25, .75, 0, 0};
                c.convention = Convention::without_padding;
                c.ignore_index = 0;
            }) ==
            "label_smoothed_cross_entropy: prior gives 0.25 to the excluded class 0; it must give "
            "0");
    }
    TEST_CASE("to take the mass off the only class that has any") {
        const Change prior = [](auto& c) {
            c.prior = Array{0, 1, 0, 0};
            c.convention = Convention::wrong_classes;
        };
        CHECK(message(prior) ==
              "label_smoothed_cross_entropy: no class but the target 1 has a share of the smoothed "
              "mass; another must have one");
        CHECK(throws<ValueError>(prior));
        CHECK(message(prior, 0).empty());
        CHECK(message([](auto& c) {
                  c.excluded = {0, 1, 2};
                  c.convention = Convention::wrong_classes;
              }) ==
              "label_smoothed_cross_entropy: no class but the target 3 has a share of the smoothed "
              "mass; another must have one");
        CHECK(message([](auto& c) {
                  c.prior = Array{0, 1, 0, 0};
                  c.convention = Convention::wrong_classes;
                  c.ignore_index = 1;
              }).empty());
    }
}
