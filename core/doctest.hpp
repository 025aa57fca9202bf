#pragma once

// Gradient checks as assertions of doctest. Include it where <doctest/doctest.h> is at hand.
//
//     CHECK_GRADIENT(f, {x, y});                                    // goes on after a failure
//     REQUIRE_GRADIENT(f, {x}, CheckOptions{Stencil::linear});      // ends the test case
//     CHECK_SECOND_GRADIENT(f, {x, y});
//     REQUIRE_SECOND_GRADIENT(f, {x, y});
//
// They take what gradient_check and second_gradient_check take. A failure prints the report, and the
// command that repeats this test case with the same random numbers.

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>

namespace xtape::detail {

inline std::string repeat_command(const CheckReport& report) {
    const doctest::ContextOptions& context = *doctest::getContextOptions();
    std::string command = "XTAPE_SEED=" + std::to_string(report.seed);
    command += std::string(" ") + context.binary_name.c_str();
    command += std::string(" --test-case=\"") + context.currentTest->m_name + "\"";
    return to_string(report) + "  with: " + command;
}

}  // namespace xtape::detail

#define XTAPE_ASSERT_GRADIENT(assertion, check, ...)                                               \
    do {                                                                                           \
        const ::xtape::CheckReport xtape_report = check(__VA_ARGS__);                              \
        assertion(static_cast<bool>(xtape_report), ::xtape::detail::repeat_command(xtape_report)); \
    } while (false)

#define CHECK_GRADIENT(...) \
    XTAPE_ASSERT_GRADIENT(DOCTEST_CHECK_MESSAGE, ::xtape::gradient_check, __VA_ARGS__)
#define REQUIRE_GRADIENT(...) \
    XTAPE_ASSERT_GRADIENT(DOCTEST_REQUIRE_MESSAGE, ::xtape::gradient_check, __VA_ARGS__)
#define CHECK_SECOND_GRADIENT(...) \
    XTAPE_ASSERT_GRADIENT(DOCTEST_CHECK_MESSAGE, ::xtape::second_gradient_check, __VA_ARGS__)
#define REQUIRE_SECOND_GRADIENT(...) \
    XTAPE_ASSERT_GRADIENT(DOCTEST_REQUIRE_MESSAGE, ::xtape::second_gradient_check, __VA_ARGS__)
