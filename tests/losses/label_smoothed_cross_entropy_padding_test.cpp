// What must not matter: PAD, and classes of probability zero.

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
