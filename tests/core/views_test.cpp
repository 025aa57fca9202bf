#include <xtape/core/views.hpp>

#include <limits>
#include <sstream>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

std::string printed(const Tape& tape, const Names& names = {}) {
    std::ostringstream out;
    print(out, tape, names);
    return out.str();
}

}  // namespace

TEST_SUITE("views of a tape") {
    TEST_CASE("print one line for each operation") {
        const Variable x(Array{1, 2, 3});
        const Variable w(Array{3, 2, 1});
        Tape tape;
        const Variable y = scale(x * w, Real(0.5));
        reduce_sum(y, {0});
        CHECK(printed(tape, {{"w", w}}) ==
              "   1  Mul                                   [3]  <- x1, w\n"
              "   2  Scale(c=0.5)                          [3]  <- 1\n"
              "   3  ReduceSum(axes={0}, keep_dims=false)  []   <- 2\n");
    }
    TEST_CASE("print nothing after the tape was consumed") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable loss = reduce_sum(x);
        tape.gradients(loss, {x});
        CHECK(printed(tape) == "");
        CHECK(to_json(tape) == "{\n  \"inputs\": [],\n  \"operations\": []\n}\n");
    }
    TEST_CASE("show values and gradients of a tape that watches") {
        const Variable x(Array{1, 2});
        Tape tape(Watch::yes);
        const Variable y = scale(x, 3);
        const Variable loss = reduce_sum(y, {0});
        tape.gradients(loss, {x}, Keep::yes);
        CHECK(printed(tape, {{"x", x}}) ==
              "   1  Scale(c=3)                            [2]  <- x\n"
              "        value [3, 6]\n"
              "        gradient [1, 1]\n"
              "   2  ReduceSum(axes={0}, keep_dims=false)  []   <- 1\n"
              "        value 9\n"
              "        gradient 1\n");
        CHECK(
            to_dot(tape).find("[label=\"Scale\\nc = 3\\n[2]\\nvalue [3, 6]\\ngradient [1, 1]\"]") !=
            std::string::npos);
        CHECK(to_json(tape).find("\"gradient\": 1.0") != std::string::npos);
    }
    TEST_CASE("can be written to a stream") {
        const Variable x(Array{1, 2});
        Tape tape;
        record({"Own", {{"flag", true}}}, Array{2, 4}, Input{x, [](Variable g) { return g; }});
        CHECK(text(tape) == "   1  Own(flag=true)  [2]  <- x1\n");
        CHECK(to_json(tape).find("\"flag\": true") != std::string::npos);
    }
    TEST_CASE("draw a graph") {
        const Variable x(Array{1, 2});
        Tape tape;
        scale(x, 3);
        CHECK(to_dot(tape, {{"a \"name\"", x}}) ==
              "digraph tape {\n"
              "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
              "  \"a \\\"name\\\"\" [style=filled, fillcolor=lightgrey];\n"
              "  \"1\" [label=\"Scale\\nc = 3\\n[2]\"];\n"
              "  \"a \\\"name\\\"\" -> \"1\";\n"
              "}\n");
    }
    TEST_CASE("list operations for programs, numbers that JSON lacks as words") {
        const Variable x(Array{1, std::numeric_limits<Real>::infinity()});
        Tape tape(Watch::yes);
        scale(x, -1);
        CHECK(to_json(tape) == R"({
  "inputs": [
    "x1"
  ],
  "operations": [
    {
      "number": 1,
      "operator": "Scale",
      "attributes": {
        "c": -1.0
      },
      "shape": [
        2
      ],
      "inputs": [
        "x1"
      ],
      "value": [
        -1.0,
        "-inf"
      ]
    }
  ]
}
)");
    }
    TEST_CASE("name results by the numbers of their operations") {
        const Variable x(Array{1, 2});
        Tape tape;
        scale(scale(x, 2), 3);
        const std::string json = to_json(tape);
        CHECK(json.find("\"inputs\": [\n        1\n      ]") != std::string::npos);
        CHECK(to_dot(tape).find("\"1\" -> \"2\";") != std::string::npos);
    }
    TEST_CASE("show empty arrays and nan") {
        const Variable x(Array::from_shape({0, 3}));
        const Variable nan(std::numeric_limits<Real>::quiet_NaN());
        Tape tape(Watch::yes);
        scale(x, 2);
        scale(nan, 2);
        CHECK(printed(tape).find("value []") != std::string::npos);
        CHECK(to_json(tape).find("\"nan\"") != std::string::npos);
        CHECK(to_dot(tape).find("value nan") != std::string::npos);
    }
    TEST_CASE("of an inner tape show its own stretch, those of the outer one both") {
        const Variable x(Real(2));
        Tape outer;
        const Variable y = scale(x, 2);
        Tape inner;
        scale(y, 3);
        CHECK(printed(inner) == "   1  Scale(c=3)  []  <- x1\n");
        CHECK(printed(outer) ==
              "   1  Scale(c=2)  []  <- x1\n"
              "   2  Scale(c=3)  []  <- 1\n");
    }
}
