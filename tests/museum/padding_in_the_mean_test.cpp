#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// Every row counts, also those that contribute nothing.
Variable mean_over_all_rows(const Variable& lprobs, const Index& target) {
    return our_criterion()(lprobs, target) / static_cast<Real>(target.size());
}

Variable ours(const Variable& lprobs, const Index& target) {
    return our_criterion(Reduction::mean)(lprobs, target);
}

}  // namespace

TEST_SUITE("museum: PAD in the denominator") {
    const Variable padded(known_lprobs);
    const Variable bare = slice(padded, 0, 0, 2);
    const Index bare_target = {2, 1};

    TEST_CASE("is right in a batch without PAD, and passes a gradient check in each") {
        CHECK(mean_over_all_rows(bare, bare_target).item() == ours(bare, bare_target).item());
        CHECK(check([](const Variable& x) { return mean_over_all_rows(x, known_target); }));
    }
    TEST_CASE("makes the loss of a batch smaller by adding PAD") {
        CHECK(mean_over_all_rows(bare, bare_target).item() == doctest::Approx(known_loss / 2));
        CHECK(mean_over_all_rows(padded, known_target).item() ==
              doctest::Approx(0.751831663858724).epsilon(1e-14));
        CHECK(same_bits(ours(padded, known_target).value(), ours(bare, bare_target).value()));
    }
}
