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

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

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
