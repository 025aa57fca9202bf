#include <xtape/core/variable.hpp>

#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("variable") {
    TEST_CASE("shows its numbers and their shape") {
        const Variable x(Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(x.value() == Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(x.shape() == Shape{2, 3});
        CHECK(Variable(Real(3)).shape() == Shape{});
        CHECK(Variable(Array::from_shape({0, 3})).shape() == Shape{0, 3});
    }
    TEST_CASE("owns its numbers") {
        Array numbers = {1, 2};
        const Variable x(numbers);
        numbers(0) = 7;
        CHECK(x.value() == Array{1, 2});
    }
    TEST_CASE("shares new numbers with all its copies") {
        Variable x(Array{1, 2});
        const Variable copy = x;
        x.assign(Array{3, 4});
        CHECK(copy.value() == Array{3, 4});
        CHECK(copy.id() == x.id());
    }
    TEST_CASE("survives being assigned to itself") {
        Variable x(Array{1, 2});
        const Variable& same = x;
        x = same;
        CHECK(x.value() == Array{1, 2});
        x.assign(x.value());
        CHECK(x.value() == Array{1, 2});
        CHECK(x.is_unique());
    }
    TEST_CASE("knows whether anybody else holds it") {
        const Variable x(Array{1, 2});
        CHECK(x.is_unique());
        {
            const Variable copy = x;
            CHECK_FALSE(x.is_unique());
        }
        CHECK(x.is_unique());
    }
    TEST_CASE("has an id that no other has, on any thread, recorded or not") {
        std::vector<std::uint64_t> ids;
        const auto collect = [&ids] {
            const Variable x(Real(1));
            ids.push_back(x.id());
            ids.push_back(scale(x, 2).id());
            Tape tape;
            ids.push_back(Variable(Real(1)).id());
            ids.push_back(scale(x, 2).id());
            ids.push_back(scale(x, 2).id());
        };
        collect();
        collect();
        std::thread(collect).join();
        std::thread(collect).join();
        CHECK(std::set<std::uint64_t>(ids.begin(), ids.end()).size() == ids.size());
    }
    TEST_CASE("can hold weights that train on another thread") {
        const Variable x(Array{1, 2});
        std::thread([&x] {
            Tape tape;
            CHECK(tape.gradients(x * x, Array{1, 1}, {x})[0].value() == Array{2, 4});
        }).join();
    }
    TEST_CASE("keeps its numbers while a tape records") {
        Variable x(Array{1});
        {
            Tape tape;
            CHECK_THROWS_WITH_AS(x.assign(Array{2}),
                                 "Variable: assigning while a tape records would falsify its "
                                 "gradients; take the gradients first",
                                 TapeError);
            tape.gradients(reduce_sum(x), {x});
            x.assign(Array{2});
        }
        CHECK(x.value()(0) == 2);
        CHECK_THROWS_WITH_AS(x.assign(Array{1, 2}),
                             "Variable: shape [2] cannot be assigned to shape [1]; the shape of "
                             "a variable is fixed",
                             ShapeError);
    }
    TEST_CASE("is the same variable when copied, another when built again") {
        const Array numbers = {1, 2};
        const Variable a(numbers);
        const Variable copy = a;
        const Variable b(numbers);
        Tape tape;
        const auto g = tape.gradients(reduce_sum(a * copy), {a, copy, b});
        CHECK(g[0].value() == Array{2, 4});
        CHECK(g[1].value() == Array{2, 4});
        CHECK(g[2].value() == Array{0, 0});
    }
    TEST_CASE("gives its number if it holds one") {
        CHECK(Variable(array_of({1, 1}, {3})).item() == 3);
        CHECK_THROWS_WITH_AS(Variable(Array{1, 2}).item(),
                             "Variable: item() reads a single number, not shape [2]; reduce it "
                             "first, e.g. with reduce_sum",
                             ShapeError);
    }
    TEST_CASE("is gone once moved from, and says so") {
        Variable x(Array{1, 2});
        const Variable y = std::move(x);
        const std::string refusal =
            "Variable: it was moved from; copy it instead, a copy is the same variable";
        CHECK(message_of([&] { x.value(); }) == refusal);
        CHECK(message_of([&] { x.shape(); }) == refusal);
        CHECK(message_of([&] { x.id(); }) == refusal);
        CHECK(message_of([&] { x.item(); }) == refusal);
        CHECK(message_of([&] { x.assign(Array{1, 2}); }) == refusal);
        CHECK(message_of([&] { reuse_or_copy(x); }) == refusal);
        x = y;
        CHECK(x.value() == Array{1, 2});
    }
    TEST_CASE("keeps its numbers when an assignment is refused") {
        Variable x(Array{1, 2});
        CHECK_THROWS_AS(x.assign(Array{1, 2, 3}), ShapeError);
        CHECK_THROWS_AS(x.assign(Array{{1, 2}}), ShapeError);
        CHECK(x.value() == Array{1, 2});
    }
}

TEST_SUITE("reuse_or_copy") {
    TEST_CASE("moves the numbers out when nobody else can see them") {
        Variable x(Array{1, 2});
        const Real* place = x.value().data();
        const Array numbers = reuse_or_copy(x);
        CHECK(numbers.data() == place);
        CHECK(numbers == Array{1, 2});
    }
    TEST_CASE("copies them otherwise") {
        Variable x(Array{1, 2});
        const Variable other = x;
        Array numbers = reuse_or_copy(x);
        numbers(0) = 7;
        CHECK(other.value() == Array{1, 2});
        CHECK(x.value() == Array{1, 2});
    }
}
