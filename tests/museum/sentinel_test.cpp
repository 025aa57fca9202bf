#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/masked_fill.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/museum/fixture.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

/// -1 is a label that people give to PAD; here it also says that there is none. A label that is no class
/// matches nothing, and so nobody notices.
Variable criterion_with_sentinel(const Variable& lprobs, const Index& target,
                                 std::int64_t ignore_index = -1) {
    Mask is_pad(Shape{3}, false);
    Mask is_other(Shape{3, 5}, true);
    for (std::size_t i = 0; i < 3; ++i) {
        is_pad(i) = ignore_index != -1 && target(i) == ignore_index;
        for (std::size_t j = 0; j < 5; ++j) {
            is_other(i, j) = target(i) != static_cast<std::int64_t>(j);
        }
    }
    const Variable nll = -reduce_sum(masked_fill(lprobs, is_other, 0), {-1});
    const Variable smooth = -reduce_sum(lprobs, {-1});
    return scale(reduce_sum(masked_fill(nll, is_pad, 0)), 0.9) +
           scale(reduce_sum(masked_fill(smooth, is_pad, 0)), 0.1 / 5);
}

Real ours(const Array& lprobs, const Index& target, std::int64_t ignore_index) {
    LabelSmoothedCrossEntropy criterion = our_criterion();
    criterion.ignore_index = ignore_index;
    return criterion(Variable(lprobs), target).item();
}

}  // namespace

TEST_SUITE("museum: a PAD that means there is no PAD") {
    const Index marked = {2, 1, -1};

    TEST_CASE("is right for all other labels") {
        CHECK(criterion_with_sentinel(Variable(known_lprobs), known_target, 0).item() ==
              doctest::Approx(known_loss).epsilon(1e-14));
        CHECK(check([](const Variable& x) { return criterion_with_sentinel(x, known_target, 0); }));
    }
    TEST_CASE("is trained on when it is asked for by name") {
        CHECK(criterion_with_sentinel(Variable(known_lprobs), marked, -1).item() ==
              doctest::Approx(2.459318384075930).epsilon(1e-14));
    }
    TEST_CASE("is a label as any other here, where no PAD is no number") {
        CHECK(ours(known_lprobs, marked, -1) == ours(known_lprobs, known_target, 0));
        CHECK(ours(known_lprobs, {2, 1, -100}, -100) == ours(known_lprobs, known_target, 0));
    }
}
