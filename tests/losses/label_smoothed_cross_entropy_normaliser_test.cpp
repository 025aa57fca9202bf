// What a mean divides by.

#include <cmath>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

TEST_SUITE("label_smoothed_cross_entropy with a normaliser") {
    TEST_CASE("divides a mean by it") {
        LabelSmoothedCrossEntropy criterion = our_criterion(Reduction::mean);
        criterion.normaliser = 8;
        CHECK(criterion(Variable(known_lprobs), known_target).item() ==
              doctest::Approx(known_loss / 8).epsilon(1e-15));
        CHECK(criterion.mass(known_target) == 2);
        CHECK(criterion(Variable(known_lprobs), Index{0, 0, 0}).item() == 0);
    }
    TEST_CASE("lets micro-batches add up to one batch") {
        const Array scores = random_array({6, 5}, -3, 3);
        const Index target = {1, 0, 4, 2, 0, 3};
        for (const bool is_weighed : {false, true}) {
            LabelSmoothedCrossEntropy criterion = our_criterion(Reduction::mean);
            criterion.z_loss = 0.01;
            if (is_weighed) {
                criterion.class_weight = Array{.5, 1, 2, 3, .25};
            }
            const Variable x(scores);
            Tape tape;
            const Variable whole = criterion.from_logits(x, target);
            const Array gradient = tape.gradients(whole, {x})[0].value();
            criterion.normaliser = criterion.mass(target);
            double sum = 0;
            std::ptrdiff_t start = 0;
            for (const Index& some : {Index{1}, Index{0, 4, 2}, Index{0, 3}}) {
                const std::ptrdiff_t stop = start + static_cast<std::ptrdiff_t>(some.size());
                const Variable part(slice(Variable(scores), 0, start, stop).value());
                Tape part_tape;
                const Variable loss = criterion.from_logits(part, some);
                sum += loss.item();
                CHECK(close(part_tape.gradients(loss, {part})[0].value(),
                            slice(Variable(gradient), 0, start, stop).value(), 1e-12));
                start = stop;
            }
            CHECK(sum == doctest::Approx(whole.item()).epsilon(1e-12));
        }
    }
    TEST_CASE("refuses what it cannot divide, or divide by") {
        const auto message = [](double normaliser, Reduction reduction) {
            LabelSmoothedCrossEntropy criterion = our_criterion(reduction);
            criterion.normaliser = normaliser;
            return message_of([&] { criterion(Variable(known_lprobs), known_target); });
        };
        for (const double wrong : {0.0, -1.0, std::nan(""), double{INFINITY}}) {
            CHECK(message(wrong, Reduction::mean) ==
                  text("label_smoothed_cross_entropy: normaliser ", wrong,
                       " must be greater than 0 and finite"));
        }
        for (const Reduction reduction : {Reduction::sum, Reduction::none}) {
            CHECK(
                message(2, reduction) ==
                "label_smoothed_cross_entropy: normaliser 2 is set and nothing is divided; it goes "
                "with Reduction::mean");
        }
    }
}
