#include <xtape/losses/nll.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};

const Variable lprobs(Array{{-1, -2, -3}, {-4, -5, -6}, {-7, -8, -9}});
const Index target = {1, 2, -1};  // the last one is PAD

NegativeLogLikelihood nll(Reduction reduction = Reduction::sum) {
    NegativeLogLikelihood loss;
    loss.ignore_index = -1;
    loss.reduction = reduction;
    return loss;
}

}  // namespace

TEST_SUITE("nll") {
    TEST_CASE("is -log p of the target, and 0 for PAD") {
        CHECK(nll(Reduction::none)(lprobs, target).value() == Array{2, 6, 0});
        CHECK(nll()(lprobs, target).item() == 8);
        CHECK(nll(Reduction::mean)(lprobs, target).item() == 4);
        CHECK(nll().mass(target) == 2);
        NegativeLogLikelihood known;
        known.ignore_index = known_pad;
        CHECK(known(Variable(known_lprobs), known_target).item() ==
              doctest::Approx(known_nll).epsilon(1e-14));
    }
    TEST_CASE("is the criterion without smoothing") {
        const Variable x(random_array({2, 3, 4}));
        const Index t = {{3, 1, 0}, {2, 0, 0}};
        for (const Reduction reduction : reductions) {
            NegativeLogLikelihood loss;
            loss.ignore_index = 0;
            loss.reduction = reduction;
            CHECK(same_bits(loss(x, t).value(), criterion_with(0, 0, reduction)(x, t).value()));
            CHECK(same_bits(loss.from_logits(x, t).value(),
                            criterion_with(0, 0, reduction).from_logits(x, t).value()));
        }
    }
    TEST_CASE("divides a mean by its normaliser") {
        NegativeLogLikelihood loss = nll(Reduction::mean);
        loss.normaliser = 16;
        CHECK(loss(lprobs, target).item() == 0.5);
    }
    TEST_CASE("of PAD alone is 0") {
        for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
            CHECK(nll(reduction)(lprobs, Index{-1, -1, -1}).item() == 0);
            CHECK(nll(reduction).from_logits(lprobs, Index{-1, -1, -1}).item() == 0);
        }
    }
    TEST_CASE("pulls by -1 at the target") {
        Tape tape;
        const Variable loss = nll()(lprobs, target);
        CHECK(tape.gradients(loss, {lprobs})[0].value() ==
              Array{{0, -1, 0}, {0, 0, -1}, {0, 0, 0}});
    }
    TEST_CASE("does not look into rows of PAD") {
        for (const double junk : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
            const Variable x(Array{{-1, -2, -3}, {-4, -5, -6}, {junk, junk, 1e308}});
            for (const bool from_logits : {false, true}) {
                Tape tape;
                const Variable loss = from_logits ? nll().from_logits(x, target) : nll()(x, target);
                CHECK(std::isfinite(loss.item()));
                const Array g = tape.gradients(loss, {x})[0].value();
                for (std::size_t k = 0; k < 3; ++k) {
                    CHECK(g(2, k) == 0);
                }
            }
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Reduction reduction : reductions) {
            const Function linear = [&](const auto& in) { return nll(reduction)(in[0], target); };
            CHECK_GRADIENT(linear, {lprobs.value()}, {Stencil::linear});
            CHECK_SECOND_GRADIENT(linear, {lprobs.value()}, {Stencil::linear});
            const Function f = [&](const auto& in) {
                return nll(reduction).from_logits(in[0], target);
            };
            CHECK_GRADIENT(f, {lprobs.value()});
            CHECK_SECOND_GRADIENT(f, {lprobs.value()});
        }
    }
    TEST_CASE("is composed of basic operators") {
        CHECK(operators_of([] { nll()(lprobs, target); }) ==
              Names{"Gather", "Neg", "MaskedFill", "ReduceSum"});
        CHECK(operators_of([] {
                  nll(Reduction::none)(lprobs, Index{0, 1, 2});
              }) == Names{"Gather", "Neg", "Reshape"});
    }
    TEST_CASE("refuses other targets, shapes and normalisers") {
        CHECK_THROWS_WITH_AS(nll()(lprobs, Index{0, 3, 0}),
                             "nll: target 3 at [1] is outside [0, 3) and is not the ignored -1",
                             IndexError);
        CHECK_THROWS_WITH_AS(nll().from_logits(lprobs, Index{0, 1}),
                             "nll: the target has shape [2] and the log-probabilities [3, 3]; it "
                             "must be [3] or [3, 1]",
                             ShapeError);
        NegativeLogLikelihood loss = nll();
        loss.normaliser = 2;
        CHECK_THROWS_WITH_AS(loss(lprobs, target),
                             "nll: normaliser 2 is set and nothing is divided; it goes with "
                             "Reduction::mean",
                             ValueError);
        loss.reduction = Reduction::mean;
        loss.normaliser = 0;
        CHECK_THROWS_WITH_AS(loss.from_logits(lprobs, target),
                             "nll: normaliser 0 must be greater than 0 and finite", ValueError);
    }
}
