// The terms of the loss by themselves.

#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

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
