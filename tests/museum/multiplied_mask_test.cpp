#include <limits>

#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// PAD is masked by a factor of 0.
Variable multiplying_criterion(const Variable& lprobs) {
    const Variable keep(array_of({3, 1}, {1, 1, 0}));
    const Variable nll = keep * -gather(lprobs, -1, index_of({3, 1}, {2, 1, 0}));
    const Variable smooth = keep * -reduce_sum(lprobs, {-1}, keep_dims);
    return scale(reduce_sum(nll), 0.9) + scale(reduce_sum(smooth), 0.1 / 5);
}

Variable ours(const Variable& lprobs) {
    return our_criterion()(lprobs, known_target);
}

}  // namespace

TEST_SUITE("museum: a mask that multiplies") {
    TEST_CASE("is right for finite numbers, and passes a gradient check") {
        CHECK(multiplying_criterion(Variable(known_lprobs)).item() ==
              doctest::Approx(known_loss).epsilon(1e-14));
        CHECK(check(multiplying_criterion));
    }
    TEST_CASE("lets nan and infinity through: 0 times them is nan") {
        for (const Real content :
             {std::numeric_limits<Real>::quiet_NaN(), -std::numeric_limits<Real>::infinity()}) {
            const Variable lprobs(with_other_padding(content));
            CHECK(std::isnan(multiplying_criterion(lprobs).item()));
            CHECK(same_bits(ours(lprobs).value(), ours(Variable(known_lprobs)).value()));
        }
    }
}
