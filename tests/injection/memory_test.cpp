#include "tests/injection/memory.hpp"

#include <string_view>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/views.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/losses/row_blocks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/injection/programs.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("when an allocation fails, whichever it is,") {
    TEST_CASE("gradients are right at the next attempt, and nothing is lost or left") {
        const Network network;
        const Arrays expected = gradients(network);
        const std::size_t allocations = fail_every_allocation(
            [&] { gradients(network); }, [&] { REQUIRE(same_bits(gradients(network), expected)); });
        CHECK(allocations > 500);
    }
    TEST_CASE("so are gradients of gradients") {
        const Network network;
        const Arrays expected = second_gradients(network);
        const std::size_t allocations =
            fail_every_allocation([&] { second_gradients(network); },
                                  [&] { REQUIRE(same_bits(second_gradients(network), expected)); });
        CHECK(allocations > 1000);
    }
    TEST_CASE("a tape that is kept can be read again") {
        const Network network;
        Tape tape;
        const Variable loss = network.loss();
        const auto read = [&] {
            return values_of(tape.gradients(loss, network.parameters(), Keep::yes));
        };
        const Arrays expected = read();
        const std::size_t operations = tape.notes().size();
        fail_every_allocation(read, [&] {
            REQUIRE(same_bits(read(), expected));
            REQUIRE(tape.notes().size() == operations);
        });
    }
    TEST_CASE("what was to be done is not on the tape, and the tape goes on") {
        const Variable x(Array{1, 2, 3});
        Tape tape;
        const Variable y = scale(x, 2);
        const auto multiply = [&] { y* x; };
        for (std::size_t k = 1;
             run_short_of_memory(multiply, k, Then::recovers) != Outcome::untouched; ++k) {
            REQUIRE(tape.notes().size() == 1);
        }
        CHECK(tape.notes().size() == 2);
        CHECK(tape.gradients(reduce_sum(y * x), {x})[0].value() == Array{4, 8, 12});
    }
    TEST_CASE("an outer tape outlives the failure of an inner one") {
        const Variable x(Array{1, 2});
        Tape outer;
        const auto slope = [&x] {
            Tape inner;
            return inner.gradients(reduce_sum(x * x * x), {x})[0];
        };
        for (std::size_t k = 1; run_short_of_memory(slope, k, Then::recovers) != Outcome::untouched;
             ++k) {
            REQUIRE(is_recording());
        }
        CHECK(outer.gradients(reduce_sum(slope()), {x})[0].value() == Array{6, 12});
    }
    TEST_CASE("row blocks leave nothing behind, nor wait for each other") {
        const Variable hidden(random_array({6, 3}));
        const Variable weight(random_array({3, 5}, 2));
        const Projection scores{[weight](const Variable& x) { return matmul(x, weight); },
                                {weight}};
        RowBlocks blocks;
        blocks.rows = 2;
        const auto run = [&] {
            Tape tape;
            const Variable loss = in_row_blocks(LabelSmoothedCrossEntropy(), hidden, scores,
                                                {0, 1, 2, 3, 4, 0}, blocks);
            return values_of(tape.gradients(loss, {hidden, weight}));
        };
        const Arrays expected = run();
        const std::size_t allocations =
            fail_every_allocation(run, [&] { REQUIRE(same_bits(run(), expected)); });
        CHECK(allocations > 300);
    }
    TEST_CASE("an error's message is whole, or there is none") {
        const Variable x(Array{{1, 2}, {3, 4}});
        const Index wrong = index_of({2, 1}, {0, 12345678});
        bool is_whole = true;
        const auto pick = [&] {
            try {
                gather(x, 1, wrong);
            } catch (const IndexError& error) {
                is_whole = error.what() == std::string_view(
                                               "gather: index 12345678 at [1, 0] is "
                                               "outside [0, 2)");
            }
        };
        fail_every_allocation(pick, [&] { REQUIRE(is_whole); });
    }
    TEST_CASE("a picture of a tape is whole, or there is none") {
        const Variable x(Array{1, 2});
        Tape tape;
        reduce_sum(x * x);
        const std::string picture = to_dot(tape);
        bool is_whole = true;
        const auto draw = [&] { is_whole = to_dot(tape) == picture; };
        fail_every_allocation(draw, [&] { REQUIRE(is_whole); });
    }
}

TEST_SUITE("tapes") {
    TEST_CASE("leave nothing behind, however many there were, and read or not") {
        const Variable x(Array{1, 2, 3});
        const auto square = [&x] { return reduce_sum(x * x); };
        const auto use_and_drop = [&] {
            {
                Tape unread;
                square();
            }
            Tape tape;
            tape.gradients(square(), {x});
        };
        use_and_drop();
        const std::ptrdiff_t before = live_blocks();
        for (int i = 0; i < 10000; ++i) {
            use_and_drop();
        }
        CHECK(live_blocks() == before);
    }
}
