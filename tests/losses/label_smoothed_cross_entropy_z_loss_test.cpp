// The z-loss.

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

const double log_2 = std::log(2.0);

LabelSmoothedCrossEntropy with_z_loss(double z_loss, Reduction reduction = Reduction::sum) {
    LabelSmoothedCrossEntropy criterion = criterion_with(0.1, 7, reduction);
    criterion.z_loss = z_loss;
    return criterion;
}

}  // namespace

TEST_SUITE("label_smoothed_cross_entropy with z-loss") {
    // Z is 2 and 4 in the first rows; the last is PAD.
    const Variable logits(Array{{0, 0}, {log_2, log_2}, {5, 1}});
    const Index target = {0, 1, 7};

    TEST_CASE("adds z_loss (log Z)^2 for each token that counts") {
        const Array matrix = with_z_loss(0.5, Reduction::none).from_logits(logits, target).value();
        CHECK(close(matrix, Array{log_2 + .5 * log_2 * log_2, log_2 + .5 * 4 * log_2 * log_2, 0},
                    1e-15));
        const double sum = 2 * log_2 + 2.5 * log_2 * log_2;
        CHECK(std::abs(with_z_loss(0.5).from_logits(logits, target).item() - sum) < 1e-15);
        CHECK(std::abs(with_z_loss(0.5, Reduction::mean).from_logits(logits, target).item() -
                       sum / 2) < 1e-15);
    }
    TEST_CASE("pulls by 2 z_loss log Z softmax more") {
        Tape tape;
        const Variable loss = with_z_loss(0.5).from_logits(logits, target);
        // softmax - q is -.45, .45 in the first row; 2 * .5 * log 2 * .5 more
        const double more = .5 * log_2;
        CHECK(close(tape.gradients(loss, {logits})[0].value(),
                    Array{{-.45 + more, .45 + more}, {.45 + 2 * more, -.45 + 2 * more}, {0, 0}},
                    1e-15));
    }
    TEST_CASE("is five more operators, and none if it is 0") {
        const Index live = {0, 1, 0};
        Names names = operators_of([&] { with_z_loss(0).from_logits(logits, live); });
        for (const char* more : {"Add", "Square", "ReduceSum", "Scale", "Add"}) {
            names.emplace_back(more);
        }
        CHECK(operators_of([&] { with_z_loss(0.5).from_logits(logits, live); }) == names);
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
            const Function f = [&](const auto& in) {
                return with_z_loss(0.3, reduction).from_logits(in[0], target);
            };
            CHECK_GRADIENT(f, {logits.value()});
            CHECK_SECOND_GRADIENT(f, {logits.value()});
        }
    }
    TEST_CASE("refuses log-probabilities") {
        for (const auto& call :
             {std::function<void()>([&] { with_z_loss(0.5)(logits, target); }),
              std::function<void()>([&] {
                  with_z_loss(0.5)(logits, Array{{1, 0}, {1, 0}, {0, 0}});
              }),
              std::function<void()>([&] { with_z_loss(0.5).terms(logits, target); })}) {
            CHECK(
                message_of(call) ==
                "label_smoothed_cross_entropy: z_loss 0.5 is of log Z, which log-probabilities no "
                "longer know; call from_logits");
        }
    }
    TEST_CASE("refuses what would reward a large Z") {
        for (const double wrong : {-0.5, std::nan(""), double{INFINITY}}) {
            CHECK_THROWS_AS(with_z_loss(wrong).from_logits(logits, target), ValueError);
        }
        CHECK_THROWS_WITH(
            with_z_loss(-0.5).from_logits(logits, target),
            "label_smoothed_cross_entropy: z_loss -0.5 must be at least 0 and finite");
    }
}
