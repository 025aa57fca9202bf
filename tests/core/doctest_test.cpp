#include <xtape/core/doctest.hpp>

#include <xtape/ops/arithmetic.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/rules.hpp"

using namespace xtape;

namespace {

const Function product = [](const std::vector<Variable>& in) { return in[0] * in[1]; };
const Function wrong = doubled_with([](Variable g) { return scale(std::move(g), 3); });
const Function wrong_again = squared_with([](const Variable& x, const Variable& g) {
    return scale(g * Variable(Array(x.value())), 2);  // right, and constant for the next derivative
});

}  // namespace

TEST_SUITE("the assertions for doctest") {
    const Array x = {1, 2};

    TEST_CASE("pass what is right") {
        CHECK_GRADIENT(product, {x, random_array({2})});
        CHECK_GRADIENT(product, {x, x}, CheckOptions{Stencil::linear});
        REQUIRE_GRADIENT(product, {x, x});
        CHECK_SECOND_GRADIENT(product, {x, x});
        REQUIRE_SECOND_GRADIENT(product, {x, x});
    }
    TEST_CASE("tell how to repeat a failure") {
        const std::string said = detail::repeat_command(gradient_check(wrong, {x}));
        CHECK(said.find("  with: XTAPE_SEED=1 ") != std::string::npos);
        CHECK(said.find(" --test-case=\"tell how to repeat a failure\"") != std::string::npos);
    }
}

// These fail, as they should: a test of ctest's runs them and counts.
TEST_SUITE("the assertions for doctest that fail" * doctest::skip()) {
    const Array x = {1, 2};

    TEST_CASE("CHECK_GRADIENT goes on") {
        CHECK_GRADIENT(wrong, {x});
        CHECK_GRADIENT(wrong, {x}, CheckOptions{Stencil::linear});
    }
    TEST_CASE("REQUIRE_GRADIENT ends the test case") {
        REQUIRE_GRADIENT(wrong, {x});
        FAIL_CHECK("this is not reached");
    }
    TEST_CASE("so do those for second derivatives") {
        CHECK_GRADIENT(wrong_again, {x});
        CHECK_SECOND_GRADIENT(wrong_again, {x});
        REQUIRE_SECOND_GRADIENT(wrong_again, {x});
        FAIL_CHECK("this is not reached");
    }
}
