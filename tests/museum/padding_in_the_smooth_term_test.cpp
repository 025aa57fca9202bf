#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

const Index column = index_of({3, 1}, {2, 1, 0});
const Mask is_pad = mask_of({3, 1}, {false, false, true});

/// Masks what misses the target and forgets the other term.
Variable leaking_criterion(const Variable& lprobs) {
    const Variable nll = masked_fill(-gather(lprobs, -1, column), is_pad, 0);
    const Variable smooth = -reduce_sum(lprobs, {-1}, keep_dims);
    return scale(reduce_sum(nll), 0.9) + scale(reduce_sum(smooth), 0.1 / 5);
}

Variable ours(const Variable& lprobs) {
    return our_criterion()(lprobs, known_target);
}

}  // namespace

TEST_SUITE("museum: PAD in the smooth term") {
    TEST_CASE("passes a gradient check") {
        CHECK(check(leaking_criterion));
    }
    TEST_CASE("adds the rows of PAD to the loss") {
        const Variable lprobs(known_lprobs);
        CHECK(ours(lprobs).item() == doctest::Approx(known_loss).epsilon(1e-14));
        CHECK(leaking_criterion(lprobs).item() ==
              doctest::Approx(2.459318384075930).epsilon(1e-14));
    }
    TEST_CASE("lets what stands in the rows of PAD decide") {
        const Variable other(with_other_padding(-100));
        CHECK(leaking_criterion(other).item() ==
              doctest::Approx(known_loss + 0.1 / 5 * 500).epsilon(1e-14));
        CHECK(same_bits(ours(other).value(), ours(Variable(known_lprobs)).value()));
    }
    TEST_CASE("trains them, too") {
        const Array theirs = gradient_of(leaking_criterion, known_lprobs);
        CHECK(theirs(2, 4) == doctest::Approx(-0.1 / 5));
        CHECK(gradient_of(ours, known_lprobs)(2, 4) == 0);
    }
}
