#include <xtape/core/errors.hpp>

#include <doctest/doctest.h>

using namespace xtape;

TEST_SUITE("errors") {
    TEST_CASE("are all of one family, and of the standard's") {
        CHECK_THROWS_AS(throw ShapeError(""), const Error&);
        CHECK_THROWS_AS(throw IndexError(""), const Error&);
        CHECK_THROWS_AS(throw AxisError(""), const Error&);
        CHECK_THROWS_AS(throw ValueError(""), const Error&);
        CHECK_THROWS_AS(throw TapeError(""), const Error&);
        CHECK_THROWS_AS(throw FormatError(""), const Error&);
        CHECK_THROWS_AS(throw IoError(""), const Error&);
        CHECK_THROWS_AS(throw Error(""), const std::runtime_error&);
    }
    TEST_CASE("say what they were told") {
        CHECK_THROWS_WITH(throw ShapeError(text("add: shapes ", Shape{2, 3}, " and ", Shape{4},
                                                " do not broadcast")),
                          "add: shapes [2, 3] and [4] do not broadcast");
    }
}

TEST_SUITE("text") {
    TEST_CASE("joins numbers, names and signs") {
        const std::string name = "gather";
        CHECK(text(name, ": index ", std::int64_t{-1}, ' ', 0.5, '/', std::size_t{7}) ==
              "gather: index -1 0.5/7");
        CHECK(text() == "");
    }
    TEST_CASE("writes shapes in brackets") {
        CHECK(text(Shape{4, 7}) == "[4, 7]");
        CHECK(text(Shape{5}) == "[5]");
        CHECK(text(Shape{}) == "[]");
    }
    TEST_CASE("writes axes in braces") {
        CHECK(text(Axes{0, -1}) == "{0, -1}");
        CHECK(text(Axes{}) == "{}");
    }
}

TEST_SUITE("place_of") {
    TEST_CASE("counts in row-major order") {
        CHECK(place_of(0, {2, 3}) == Shape{0, 0});
        CHECK(place_of(2, {2, 3}) == Shape{0, 2});
        CHECK(place_of(3, {2, 3}) == Shape{1, 0});
        CHECK(place_of(5, {2, 3}) == Shape{1, 2});
        CHECK(place_of(17, {2, 3, 4}) == Shape{1, 1, 1});
    }
    TEST_CASE("of the only number is nowhere") {
        CHECK(place_of(0, {}) == Shape{});
    }
}
