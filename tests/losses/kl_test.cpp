#include <xtape/losses/kl.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/ops/log_softmax.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/criterion.hpp"

using namespace xtape;

namespace {

using Names = std::vector<std::string>;

constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};

const double log_2 = std::log(2.0);

/// The last row is PAD.
const Array q = {{.5, .5, 0}, {.25, .25, .5}, {0, 0, 0}};
const Array numbers = {{-2 * log_2, -log_2, -5}, {-log_2, -log_2, -3 * log_2}, {-1, -2, -3}};

KullbackLeibler kl(Reduction reduction = Reduction::sum) {
    KullbackLeibler loss;
    loss.reduction = reduction;
    return loss;
}

}  // namespace

TEST_SUITE("kl") {
    TEST_CASE("sums q (log q - log p), where 0 log 0 is 0") {
        const Variable lprobs(numbers);
        // .5 (-1 + 2) + .5 (-1 + 1), and .25 (-2 + 1) twice + .5 (-1 + 3), all times log 2
        CHECK(
            close(kl(Reduction::none)(lprobs, q).value(), Array{.5 * log_2, .5 * log_2, 0}, 1e-15));
        CHECK(kl()(lprobs, q).item() == doctest::Approx(log_2).epsilon(1e-15));
        CHECK(kl(Reduction::mean)(lprobs, q).item() == doctest::Approx(log_2 / 2).epsilon(1e-15));
        CHECK(kl().mass(q) == 2);
        KullbackLeibler shared = kl(Reduction::mean);
        shared.normaliser = 8;
        CHECK(shared(lprobs, q).item() == doctest::Approx(log_2 / 8).epsilon(1e-15));
    }
    TEST_CASE("is 0 where p = q, and more elsewhere") {
        Array log_q = q;
        for (Real& v : log_q) {
            v = std::log(v);
        }
        CHECK(kl()(Variable(log_q), q).item() == 0);
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CHECK(kl().from_logits(Variable(random_array({3, 3}, -4, 4, seed)), q).item() > 0);
        }
    }
    TEST_CASE("is the cross entropy less the entropy of q") {
        const Variable x(random_array({3, 3}));
        CHECK(kl().from_logits(x, q).item() ==
              doctest::Approx(criterion_with(0).from_logits(x, q).item() - log_2 - 1.5 * log_2)
                  .epsilon(1e-14));
    }
    TEST_CASE("from a smoothed target is the criterion less the entropy of what it asks for") {
        // the known tokens at eps 0.1, of which 0.1 / 3 goes to each class but PAD and the target
        const double share = .1 / 3;
        const Array smoothed = {
            {0, share, .9, share, share}, {0, .9, share, share, share}, {0, 0, 0, 0, 0}};
        CHECK(kl()(Variable(known_lprobs), smoothed).item() ==
              doctest::Approx(1.429551078606378).epsilon(1e-14));
        CHECK(criterion_with(0)(Variable(known_lprobs), smoothed).item() ==
              doctest::Approx(2.299439483122890).epsilon(1e-14));
    }
    TEST_CASE("pulls by -q, and from logits by softmax - q") {
        const Variable x(numbers);
        Tape tape;
        CHECK(close(tape.gradients(kl()(x, q), {x})[0].value(),
                    Array{{-.5, -.5, 0}, {-.25, -.25, -.5}, {0, 0, 0}}, 1e-15));
        Tape other;
        const Array g = other.gradients(kl().from_logits(x, q), {x})[0].value();
        const Array p = log_softmax(x, -1).value();
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK(std::abs(g(0, k) - (std::exp(p(0, k)) - q(0, k))) < 1e-15);
            CHECK(g(2, k) == 0);
        }
    }
    TEST_CASE("does not look at classes that q rules out, nor into rows of PAD") {
        for (const double junk : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
            Array other = numbers;
            other(2, 0) = other(2, 1) = junk;
            const Variable logits(other);
            other(0, 2) = junk;
            const Variable lprobs(other);
            CHECK(same_bits(kl()(lprobs, q).value(), kl()(Variable(numbers), q).value()));
            CHECK(same_bits(kl().from_logits(logits, q).value(),
                            kl().from_logits(Variable(numbers), q).value()));
            Tape tape;
            CHECK(tape.gradients(kl()(lprobs, q), {lprobs})[0].value()(0, 2) == 0);
        }
    }
    TEST_CASE("of PAD alone is 0") {
        const Array nothing(Shape{3, 3}, 0);
        CHECK(kl(Reduction::mean)(Variable(numbers), nothing).item() == 0);
        CHECK(kl(Reduction::mean).from_logits(Variable(numbers), nothing).item() == 0);
        CHECK(kl(Reduction::none).from_logits(Variable(numbers), nothing).value() ==
              Array{0, 0, 0});
    }
    TEST_CASE("has the right first and second derivatives") {
        for (const Reduction reduction : reductions) {
            const Function linear = [&](const auto& in) { return kl(reduction)(in[0], q); };
            CHECK_GRADIENT(linear, {numbers}, {Stencil::linear});
            CHECK_SECOND_GRADIENT(linear, {numbers}, {Stencil::linear});
            const Function f = [&](const auto& in) { return kl(reduction).from_logits(in[0], q); };
            CHECK_GRADIENT(f, {numbers});
            CHECK_SECOND_GRADIENT(f, {numbers});
        }
    }
    TEST_CASE("is composed of basic operators") {
        CHECK(operators_of([] { kl()(Variable(numbers), q); }) ==
              Names{"Sub", "MaskedFill", "Mul", "ReduceSum", "ReduceSum"});
    }
    TEST_CASE("refuses what is no distribution, other shapes and normalisers") {
        const Variable lprobs(numbers);
        CHECK_THROWS_WITH_AS(kl()(lprobs, Array{{1, 0, 0}, {.5, .25, 0}, {0, 0, 0}}),
                             "kl: the distribution at [1] sums to 0.75; it must sum to 1",
                             ValueError);
        CHECK_THROWS_WITH_AS(kl().mass(Array{{1, 0}, {1.5, -.5}}),
                             "kl: the distribution at [1] gives -0.5 to class 1; no probability is "
                             "negative or nan",
                             ValueError);
        CHECK_THROWS_WITH_AS(kl().from_logits(lprobs, Array{1, 0, 0}),
                             "kl: the distribution has shape [3] and the log-probabilities [3, 3]; "
                             "they must be the same",
                             ShapeError);
        KullbackLeibler loss = kl();
        loss.normaliser = 2;
        CHECK_THROWS_WITH_AS(loss(lprobs, q),
                             "kl: normaliser 2 is set and nothing is divided; it goes with "
                             "Reduction::mean",
                             ValueError);
    }
}
