#include <xtape/losses/focal.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/nll.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};
constexpr double gammas[] = {0, 0.5, 1, 1.5, 2, 5};

const double log_2 = std::log(2.0);

/// Probabilities of 1/2, 1/4, 1/4; of 1/8 and so on; the last row is PAD.
const Array numbers = {{-log_2, -2 * log_2, -2 * log_2}, {-3 * log_2, -log_2, -1}, {-1, -1, -1}};
const Index target = {0, 0, 7};

FocalLoss focal(double gamma, Reduction reduction = Reduction::sum) {
    FocalLoss loss;
    loss.gamma = gamma;
    loss.ignore_index = 7;
    loss.reduction = reduction;
    return loss;
}

}  // namespace

TEST_SUITE("focal") {
    TEST_CASE("weighs -log p by a power of what is missing to 1") {
        const Variable lprobs(numbers);
        // (1/2)^2 log 2 and (7/8)^2 3 log 2
        CHECK(close(focal(2, Reduction::none)(lprobs, target).value(),
                    Array{log_2 / 4, 49. / 64 * 3 * log_2, 0}, 1e-15));
        CHECK(close(focal(1, Reduction::none)(lprobs, target).value(),
                    Array{log_2 / 2, 7. / 8 * 3 * log_2, 0}, 1e-15));
        const double sum = log_2 / 4 + 49. / 64 * 3 * log_2;
        CHECK(focal(2)(lprobs, target).item() == doctest::Approx(sum).epsilon(1e-15));
        CHECK(focal(2, Reduction::mean)(lprobs, target).item() ==
              doctest::Approx(sum / 2).epsilon(1e-15));
        CHECK(focal(2).mass(target) == 2);
        FocalLoss shared = focal(2, Reduction::mean);
        shared.normaliser = 4;
        CHECK(shared(lprobs, target).item() == doctest::Approx(sum / 4).epsilon(1e-15));
    }
    TEST_CASE("with gamma 0 is nll, to the bit and on the tape") {
        const Variable x(random_array({3, 4}));
        const Index t = {3, 7, 1};
        for (const Reduction reduction : reductions) {
            NegativeLogLikelihood nll;
            nll.ignore_index = 7;
            nll.reduction = reduction;
            CHECK(same_bits(focal(0, reduction)(x, t).value(), nll(x, t).value()));
            CHECK(same_bits(focal(0, reduction).from_logits(x, t).value(),
                            nll.from_logits(x, t).value()));
            CHECK(operators_of([&] { focal(0, reduction)(x, t); }) ==
                  operators_of([&] { nll(x, t); }));
        }
    }
    TEST_CASE("pulls by gamma p (1 - p)^(gamma - 1) log p - (1 - p)^gamma") {
        const Variable lprobs(numbers);
        Tape tape;
        const Variable loss = focal(2)(lprobs, Index{0, 7, 7});
        // 2 / 2 / 2 (-log 2) - 1/4 for log p, of which p is 1/2
        CHECK(close(tape.gradients(loss, {lprobs})[0].value(),
                    Array{{-log_2 / 2 - .25, 0, 0}, {0, 0, 0}, {0, 0, 0}}, 1e-15));
    }
    TEST_CASE("has no loss and a gradient of 0 where p is 1, and finite curvature") {
        for (const double gamma : {0.5, 1.0, 1.5, 2.0, 5.0}) {
            CAPTURE(gamma);
            const Variable x(Array{{0, -40}, {-1e-300, -40}});
            Tape outer;
            Variable g = [&] {
                Tape inner;
                const Variable loss = focal(gamma)(x, Index{0, 0});
                CHECK(loss.item() < 1e-290);
                return inner.gradients(loss, {x})[0];
            }();
            CHECK(close(g.value(), Array{{0, 0}, {0, 0}}, 1e-290));
            const Array curvature = outer.gradients(g, Array(Shape{2, 2}, 1), {x})[0].value();
            CHECK(std::isfinite(curvature(0, 0)));
            CHECK(std::isfinite(curvature(1, 0)));
            CHECK(curvature(0, 0) == (gamma == 1 ? 2 : 0));
            const Variable logits(Array{{1e4, -1e4}});
            Tape tape;
            const Variable loss = focal(gamma).from_logits(logits, Index{0});
            CHECK(tape.gradients(loss, {logits})[0].value() == Array{{0, 0}});
        }
    }
    TEST_CASE("stays nan where p is") {
        CHECK(std::isnan(focal(2)(Variable(Array{{std::nan(""), 0}}), Index{0}).item()));
    }
    TEST_CASE("does not look into rows of PAD") {
        for (const double junk : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
            Array other = numbers;
            other(2, 0) = other(2, 1) = junk;
            const Variable x(other);
            for (const double gamma : gammas) {
                for (const bool from_logits : {false, true}) {
                    Tape tape;
                    const Variable loss =
                        from_logits ? focal(gamma).from_logits(x, target) : focal(gamma)(x, target);
                    CHECK(std::isfinite(loss.item()));
                    const Array g = tape.gradients(loss, {x})[0].value();
                    for (std::size_t k = 0; k < 3; ++k) {
                        CHECK(g(2, k) == 0);
                    }
                }
            }
        }
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const double gamma : gammas) {
            for (const Reduction reduction : reductions) {
                const Function f = [&](const auto& in) {
                    return focal(gamma, reduction).from_logits(in[0], target);
                };
                CHECK_GRADIENT(f, {numbers});
                CHECK_SECOND_GRADIENT(f, {numbers});
            }
        }
    }
    TEST_CASE("is composed of basic operators") {
        const Variable lprobs(numbers);
        CHECK(operators_of([&] {
                  focal(2)(lprobs, Index{0, 0, 0});
              }) == Names{"Gather", "Neg", "Neg", "Exp", "Neg", "Shift", "MaskedFill", "Pow",
                          "MaskedFill", "Mul", "ReduceSum"});
    }
    TEST_CASE("refuses other exponents, targets and normalisers") {
        const Variable lprobs(numbers);
        for (const double wrong : {-1.0, std::nan(""), double{INFINITY}}) {
            CHECK_THROWS_WITH_AS(
                focal(wrong)(lprobs, target),
                text("focal: gamma ", wrong, " must be at least 0 and finite").c_str(), ValueError);
        }
        CHECK_THROWS_WITH_AS(focal(2).from_logits(lprobs, Index{0, 3, 0}),
                             "focal: target 3 at [1] is outside [0, 3) and is not the ignored 7",
                             IndexError);
        FocalLoss loss = focal(2);
        loss.normaliser = 2;
        CHECK_THROWS_WITH_AS(loss(lprobs, target),
                             "focal: normaliser 2 is set and nothing is divided; it goes with "
                             "Reduction::mean",
                             ValueError);
    }
}
