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

using namespace xtape;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

LabelSmoothedCrossEntropy criterion_with(double smoothing,
                                         std::optional<std::int64_t> ignore_index = {},
                                         Reduction reduction = Reduction::sum,
                                         Convention convention = Convention::uniform) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = smoothing;
    criterion.ignore_index = ignore_index;
    criterion.reduction = reduction;
    criterion.convention = convention;
    return criterion;
}

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

TEST_SUITE("label_smoothed_cross_entropy and PAD") {
    TEST_CASE("whatever stands in its rows changes no bit and gets no gradient") {
        const Index target = {2, 4, 1};
        const auto run = [&](double junk, bool from_logits) {
            Array numbers = random_array({3, 5});
            for (std::size_t k = 0; k < 5; ++k) {
                numbers(1, k) = k == 3 ? 1e308 : junk;
            }
            const Variable x(numbers);
            const auto criterion = criterion_with(0.1, 4);
            Tape tape;
            const Variable loss =
                from_logits ? criterion.from_logits(x, target) : criterion(x, target);
            const Array g = tape.gradients(loss, {x})[0].value();
            for (std::size_t k = 0; k < 5; ++k) {
                CHECK(g(1, k) == 0);
            }
            return std::pair(loss.value(), g);
        };
        for (const bool from_logits : {false, true}) {
            const auto [loss, gradient] = run(0, from_logits);
            for (const double junk : {not_a_number, infinity, -infinity, 1e308}) {
                const auto [other_loss, other_gradient] = run(junk, from_logits);
                CHECK(same_bits(loss, other_loss));
                CHECK(same_bits(gradient, other_gradient));
            }
        }
    }
    TEST_CASE("may be any number, and never indexes") {
        const Variable x(random_array({3, 5}));
        const auto loss = [&](std::int64_t pad) {
            return criterion_with(0.1, pad)(x, Index{2, pad, 1}).value();
        };
        for (const std::int64_t pad :
             {std::int64_t{-100}, std::int64_t{5}, std::numeric_limits<std::int64_t>::max()}) {
            CHECK(same_bits(loss(pad), loss(4)));
        }
    }
    TEST_CASE("alone has loss 0 and no gradient, by sum and by mean") {
        for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
            for (const bool from_logits : {false, true}) {
                const Variable x(random_array({2, 3}));
                const auto criterion = criterion_with(0.1, 7, reduction);
                const Index target = {7, 7};
                Tape tape;
                const Variable loss =
                    from_logits ? criterion.from_logits(x, target) : criterion(x, target);
                CHECK(loss.item() == 0);
                CHECK(criterion.count(target) == 0);
                CHECK(tape.gradients(loss, {x})[0].value() == Array(Shape{2, 3}, 0));
            }
        }
    }
    TEST_CASE("that is named but absent changes nothing") {
        const Variable x(random_array({3, 5}));
        const Index target = {0, 1, 2};
        CHECK(same_bits(criterion_with(0.1, 4)(x, target).value(),
                        criterion_with(0.1)(x, target).value()));
    }
}

TEST_SUITE("label_smoothed_cross_entropy and classes of probability zero") {
    TEST_CASE("stays finite without smoothing") {
        const Variable lprobs(Array{{-infinity, std::log(.5), std::log(.5)}});
        CHECK(criterion_with(0)(lprobs, Index{1}).item() == doctest::Approx(std::log(2.0)));
    }
    TEST_CASE("is infinite with smoothing, and its gradient finite") {
        const Variable lprobs(Array{{-infinity, std::log(.5), std::log(.5)}});
        Tape tape;
        const Variable loss = criterion_with(0.3)(lprobs, Index{1});
        CHECK(loss.item() == infinity);
        CHECK(close(tape.gradients(loss, {lprobs})[0].value(), Array{{-.1, -.8, -.1}}));
    }
}

TEST_SUITE("label_smoothed_cross_entropy refuses") {
    const Variable x(random_array({5, 4}));

    TEST_CASE("targets that are no class") {
        for (const std::int64_t wrong :
             {std::int64_t{4}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
              std::int64_t{1} << 32}) {
            CHECK_THROWS_WITH_AS(
                criterion_with(0.1)(x, Index{0, 1, 2, wrong, 1}),
                text("label_smoothed_cross_entropy: target ", wrong, " at [3] is outside [0, 4)")
                    .c_str(),
                IndexError);
        }
        CHECK_THROWS_WITH_AS(criterion_with(0.1, -100)(x, Index{0, 1, 2, 9, 1}),
                             "label_smoothed_cross_entropy: target 9 at [3] is outside [0, 4) and "
                             "is not the ignored -100",
                             IndexError);
    }
    TEST_CASE("targets of the wrong shape") {
        const Index fits = {0, 1, 2, 3, 0};
        for (const Shape& shape : {Shape{6}, Shape{3}, Shape{1}, Shape{}, Shape{5, 2}, Shape{1, 5},
                                   Shape{5, 1, 1}, Shape{0}}) {
            const Index target(shape, 0);
            for (const auto& ignore : {std::optional<std::int64_t>(), {0}}) {
                CHECK_THROWS_WITH_AS(
                    criterion_with(0.1, ignore)(x, target),
                    text("label_smoothed_cross_entropy: the target has shape ", shape,
                         " and the log-probabilities [5, 4]; it must be [5] or "
                         "[5, 1]")
                        .c_str(),
                    ShapeError);
            }
        }
        CHECK_NOTHROW(criterion_with(0.1)(x, fits));
        CHECK_THROWS_AS(criterion_with(0.1)(Variable(Real(0)), Index(Index::shape_type{}, 0)),
                        ShapeError);
    }
    TEST_CASE("smoothing outside [0, 1]") {
        const Index target = {0, 1, 2, 3, 0};
        for (const double wrong : {-0.1, 1.5, not_a_number, infinity}) {
            CHECK_THROWS_AS(criterion_with(wrong)(x, target), ValueError);
        }
        CHECK_THROWS_WITH(criterion_with(1.5)(x, target),
                          "label_smoothed_cross_entropy: smoothing 1.5 is outside [0, 1]");
        CHECK(criterion_with(-0.0)(x, target).item() == criterion_with(0)(x, target).item());
    }
    TEST_CASE("vocabularies that are too small") {
        const Variable one(array_of({2, 1}, {0, 0}));
        CHECK_THROWS_WITH_AS(
            criterion_with(0.1, {}, Reduction::sum, Convention::wrong_classes)(one, Index{0, 0}),
            "label_smoothed_cross_entropy: the vocabulary has 1 classes; this convention needs at "
            "least 2",
            ValueError);
        const Variable nothing(Array::from_shape({0, 0}));
        CHECK_THROWS_AS(criterion_with(0.1)(nothing, Index::from_shape({0})), ValueError);
        CHECK_THROWS_AS(criterion_with(0.1).from_logits(nothing, Index::from_shape({0})),
                        ValueError);
    }
    TEST_CASE("a convention that lacks its PAD") {
        const Index target = {0, 1, 2, 3, 0};
        for (const auto& pad : {std::optional<std::int64_t>(), {-100}, {4}}) {
            CHECK_THROWS_WITH_AS(
                criterion_with(0.1, pad, Reduction::sum, Convention::without_padding)(x, target),
                "label_smoothed_cross_entropy: Convention::without_padding takes the mass off the "
                "class ignore_index; it must be set and in [0, 4)",
                ValueError);
        }
    }
    TEST_CASE("a number that is no convention") {
        CHECK_THROWS_WITH_AS(criterion_with(0.1, 0, Reduction::sum, static_cast<Convention>(3))(
                                 x, Index{0, 1, 2, 3, 0}),
                             "label_smoothed_cross_entropy: there is no such convention",
                             ValueError);
    }
    TEST_CASE("and the tape goes on") {
        Tape tape;
        CHECK_THROWS_AS(criterion_with(0.1)(x, Index{0, 1, 2, 9, 1}), IndexError);
        const Variable loss = criterion_with(0.1)(x, Index{0, 1, 2, 3, 1});
        CHECK(tape.gradients(loss, {x})[0].shape() == Shape{5, 4});
    }
}
