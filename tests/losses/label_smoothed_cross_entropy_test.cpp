#include <xtape/losses/label_smoothed_cross_entropy.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/log_softmax.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

std::vector<std::string> operators_on(const Tape& tape) {
    std::vector<std::string> names;
    for (const Note& note : tape.notes()) {
        names.push_back(note.op);
    }
    return names;
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy") {
    TEST_CASE("adds what misses the target and what strays from uniform") {
        const Variable lprobs(known_lprobs);
        const auto loss = [&](Convention convention) {
            return criterion_with(0.1, 0, Reduction::sum, convention)(lprobs, known_target).item();
        };
        const double exact = 1e-14;
        CHECK(criterion_with(0, 0)(lprobs, known_target).item() ==
              doctest::Approx(known_nll).epsilon(exact));
        CHECK(criterion_with(1, 0)(lprobs, known_target).item() ==
              doctest::Approx(known_smooth / 5).epsilon(exact));
        CHECK(loss(Convention::uniform) == doctest::Approx(known_loss).epsilon(exact));
        CHECK(loss(Convention::wrong_classes) == doctest::Approx(2.289302855420192).epsilon(exact));
        CHECK(loss(Convention::without_padding) ==
              doctest::Approx(2.299439483122890).epsilon(exact));
    }
    TEST_CASE("of indifferent scores is log V for each token, whatever the smoothing") {
        const Variable indifferent(Array(Shape{2, 3, 4}, 0));
        const Index target = {{3, 1, 0}, {2, 0, 0}};
        for (const double eps : {0.0, 0.1, 0.5, 1.0}) {
            CHECK(criterion_with(eps).from_logits(indifferent, target).item() ==
                  doctest::Approx(6 * std::log(4.0)).epsilon(1e-14));
        }
    }
    TEST_CASE("is linear in the smoothing, and independent of the target at 1") {
        const Variable lprobs = log_softmax(Variable(random_array({3, 5})), -1);
        const Index target = {4, 0, 2};
        const double at_0 = criterion_with(0)(lprobs, target).item();
        const double at_1 = criterion_with(1)(lprobs, target).item();
        CHECK(criterion_with(0.3)(lprobs, target).item() ==
              doctest::Approx(0.7 * at_0 + 0.3 * at_1).epsilon(1e-14));
        CHECK(criterion_with(1)(lprobs, Index{1, 1, 1}).item() == at_1);
    }
    TEST_CASE("of one convention is the other's with another eps") {
        const Variable lprobs = log_softmax(Variable(random_array({4, 6})), -1);
        const Index target = {5, 1, 2, 2};
        CHECK(criterion_with(0.1, {}, Reduction::sum, Convention::wrong_classes)(lprobs, target)
                  .item() ==
              doctest::Approx(criterion_with(0.1 * 6 / 5)(lprobs, target).item()).epsilon(1e-14));
    }
    TEST_CASE("not reduced has the shape of the target, and zeros where PAD is") {
        const Index target = {{3, 1, 0}, {2, 0, 0}};
        for (const Index& t : {target, Index(xt::reshape_view(target, {2, 3, 1}))}) {
            const Array loss = criterion_with(0.1, 0, Reduction::none)
                                   .from_logits(Variable(random_array({2, 3, 4})), t)
                                   .value();
            CHECK(loss.shape() == Shape{2, 3});
            CHECK(loss(0, 2) == 0);
            CHECK(loss(1, 1) == 0);
            CHECK(loss(0, 0) > 0);
        }
    }
    TEST_CASE("averaged is the sum over the count of tokens that are not PAD") {
        const Variable lprobs(known_lprobs);
        const auto criterion = criterion_with(0.1, 0);
        CHECK(criterion.count(known_target) == 2);
        CHECK(criterion_with(0.1, 0, Reduction::mean)(lprobs, known_target).item() ==
              doctest::Approx(criterion(lprobs, known_target).item() / 2).epsilon(1e-15));
    }
    TEST_CASE("of a single row, and of no row") {
        const Variable row(Array{std::log(.25), std::log(.75)});
        CHECK(criterion_with(0)(row, Index(Index::shape_type{}, 1)).item() ==
              doctest::Approx(-std::log(.75)));
        CHECK(criterion_with(0, {}, Reduction::none)(row, Index{1}).shape() == Shape{});
        const Variable nothing(Array::from_shape({0, 4}));
        const Index no_target = Index::from_shape({0});
        CHECK(criterion_with(0.1)(nothing, no_target).item() == 0);
        CHECK(criterion_with(0.1, {}, Reduction::none)(nothing, no_target).shape() == Shape{0});
    }
    TEST_CASE("of a vocabulary of one class is nothing") {
        CHECK(criterion_with(0.1)
                  .from_logits(Variable(array_of({2, 1}, {7, -3})), Index{0, 0})
                  .item() == 0);
    }

    TEST_CASE("is composed of basic operators, and the tape says so") {
        const Variable lprobs(known_lprobs);
        Tape tape;
        criterion_with(0.1, 0)(lprobs, known_target);
        CHECK(operators_on(tape) == std::vector<std::string>{"Gather", "Neg", "ReduceSum", "Neg",
                                                             "MaskedFill", "MaskedFill",
                                                             "ReduceSum", "ReduceSum", "Scale",
                                                             "Scale", "Add"});
    }
    TEST_CASE("leaves out what its settings do not ask for") {
        const Variable lprobs(known_lprobs);
        Tape tape;
        criterion_with(0, {}, Reduction::none)(lprobs, known_target);
        CHECK(operators_on(tape) == std::vector<std::string>{"Gather", "Neg", "Reshape"});
    }
    TEST_CASE("from logits takes only the rows that count") {
        const Variable logits(random_array({3, 5}));
        Tape tape;
        const Variable loss = criterion_with(0.1, 0).from_logits(logits, known_target);
        CHECK(operators_on(tape).front() == "Embedding");
        CHECK(tape.notes()[0].shape == Shape{2, 5});
    }

    TEST_CASE("pulls by 1 - eps at the target and by eps / V everywhere") {
        const Variable lprobs(known_lprobs);
        Tape tape;
        const Variable loss = criterion_with(0.5, 0)(lprobs, known_target);
        CHECK(close(tape.gradients(loss, {lprobs})[0].value(),
                    Array{{-.1, -.1, -.6, -.1, -.1}, {-.1, -.6, -.1, -.1, -.1}, {0, 0, 0, 0, 0}},
                    1e-15));
    }
    TEST_CASE("has the gradient softmax - q by the logits") {
        const Variable logits(random_array({3, 5}));
        Tape tape;
        const Variable loss = criterion_with(0.1).from_logits(logits, known_target);
        const Array g = tape.gradients(loss, {logits})[0].value();
        const Array lprobs = log_softmax(logits, -1).value();
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t k = 0; k < 5; ++k) {
                const double q = 0.02 + (static_cast<std::int64_t>(k) == known_target(i) ? 0.9 : 0);
                CHECK(std::abs(g(i, k) - (std::exp(lprobs(i, k)) - q)) < 1e-14);
            }
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        const Index target = {{3, 1, 0}, {2, 0, 0}};
        for (const Convention convention :
             {Convention::uniform, Convention::wrong_classes, Convention::without_padding}) {
            for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
                const auto criterion = criterion_with(0.1, 0, reduction, convention);
                const Function linear = [&](const auto& in) { return criterion(in[0], target); };
                const Function smooth = [&](const auto& in) {
                    return criterion.from_logits(in[0], target);
                };
                const Array at = random_array({2, 3, 4});
                CHECK(gradient_check(linear, {at}, {Stencil::linear}));
                CHECK(second_gradient_check(linear, {at}, {Stencil::linear}));
                CHECK(gradient_check(smooth, {at}));
                CHECK(second_gradient_check(smooth, {at}));
            }
        }
    }
}
