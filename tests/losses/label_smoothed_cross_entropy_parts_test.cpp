// The z-loss, the normaliser of a mean, and the terms by themselves.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/museum/fixture.hpp"
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
    TEST_CASE("is three more operators, and none if it is 0") {
        const Index live = {0, 1, 0};
        const Names plain = operators_of([&] { with_z_loss(0).from_logits(logits, live); });
        Names more = {"LogSumExp", "Square", "ReduceSum", "Scale"};
        more.insert(more.end(), plain.begin(), plain.end());
        more.push_back("Add");
        CHECK(operators_of([&] { with_z_loss(0.5).from_logits(logits, live); }) == more);
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

TEST_SUITE("label_smoothed_cross_entropy in terms") {
    TEST_CASE("are those of the known tokens") {
        const auto [loss, nll, smooth, count] =
            our_criterion().terms(Variable(known_lprobs), known_target);
        CHECK(loss.item() == doctest::Approx(known_loss).epsilon(1e-14));
        CHECK(nll.item() == doctest::Approx(known_nll).epsilon(1e-14));
        CHECK(smooth.item() == doctest::Approx(known_smooth / 5).epsilon(1e-14));
        CHECK(count.item() == 2);
    }
    TEST_CASE("join to the loss in every convention and reduction, also from logits") {
        for (const Convention convention :
             {Convention::uniform, Convention::wrong_classes, Convention::without_padding}) {
            for (const Reduction reduction : {Reduction::sum, Reduction::mean, Reduction::none}) {
                LabelSmoothedCrossEntropy criterion = criterion_with(0.3, 0, reduction, convention);
                criterion.class_weight = Array{1, 2, 0, .5, 3};
                criterion.excluded = {4};
                const Variable x(random_array({3, 5}, -3, -1));
                const Terms terms = criterion.terms(x, Index{1, 0, 4});
                CHECK(close(terms.loss.value(), criterion(x, Index{1, 0, 4}).value(), 1e-14));
                CHECK(close(terms.loss.value(), (0.7 * terms.nll + 0.3 * terms.smooth).value(),
                            1e-14));
                criterion.z_loss = 0.1;
                const Terms other = criterion.terms_from_logits(x, Index{1, 0, 4});
                CHECK(close(other.loss.value(), criterion.from_logits(x, Index{1, 0, 4}).value(),
                            1e-14));
                CHECK(other.nll.shape() == other.loss.shape());
                CHECK(other.smooth.shape() == other.loss.shape());
                CHECK(other.count.item() == 2);
            }
        }
    }
    TEST_CASE("are nodes with gradients of their own, and the count depends on nothing") {
        const Variable x(known_lprobs);
        Tape tape;
        const Terms terms = our_criterion().terms(x, known_target);
        CHECK(close(tape.gradients(terms.nll, {x}, Keep::yes)[0].value(),
                    Array{{0, 0, -1, 0, 0}, {0, -1, 0, 0, 0}, {0, 0, 0, 0, 0}}));
        CHECK(close(tape.gradients(terms.smooth, {x}, Keep::yes)[0].value(),
                    Array{{-.2, -.2, -.2, -.2, -.2}, {-.2, -.2, -.2, -.2, -.2}, {0, 0, 0, 0, 0}}));
        CHECK(close(
            tape.gradients(terms.loss, {x})[0].value(),
            Array{
                {-.02, -.02, -.92, -.02, -.02}, {-.02, -.92, -.02, -.02, -.02}, {0, 0, 0, 0, 0}}));
    }
    TEST_CASE("at the ends of eps are one of them alone") {
        const Variable x(known_lprobs);
        const Terms sharp = criterion_with(0, 0, Reduction::none).terms(x, known_target);
        CHECK(sharp.loss.id() == sharp.nll.id());
        CHECK(sharp.smooth.value() == Array{0, 0, 0});
        const Terms even = criterion_with(1, 0).terms(x, known_target);
        CHECK(even.loss.id() == even.smooth.id());
        CHECK(even.nll.item() == doctest::Approx(known_nll).epsilon(1e-14));
    }
    TEST_CASE("refuse what the loss refuses") {
        const Variable x(known_lprobs);
        CHECK_THROWS_AS(criterion_with(1.5).terms(x, known_target), ValueError);
        CHECK_THROWS_AS(criterion_with(1.5).terms_from_logits(x, known_target), ValueError);
        CHECK_THROWS_AS(criterion_with(0.1).terms(x, Index{0, 1, 5}), IndexError);
        CHECK_THROWS_AS(criterion_with(0.1).terms(Variable(Real(0)), known_target), ShapeError);
    }
}
