#include "tests/injection/rules.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/injection/memory.hpp"
#include "tests/injection/programs.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

using Program = Arrays (*)(const Network&);
using Fault = Interception::See (*)(Fuse&);

/// Lets the program fail at every opportunity; returns how many there are.
std::size_t fail_everywhere(Program program, Fault fault) {
    const Network network;
    const Arrays expected = program(network);
    for (std::size_t k = 1;; ++k) {
        CAPTURE(k);
        const std::ptrdiff_t before = live_blocks();
        const bool failed = throws_injected([&] {
            Fuse fuse(k);
            const Interception interception(fault(fuse));
            program(network);
        });
        REQUIRE(live_blocks() == before);
        REQUIRE_FALSE(is_recording());
        REQUIRE(same_bits(program(network), expected));
        if (!failed) {
            return k - 1;
        }
    }
}

}  // namespace

TEST_SUITE("when a rule throws, whichever it is,") {
    TEST_CASE("gradients are right at the next attempt, and nothing is lost or left") {
        CHECK(fail_everywhere(gradients, fail_at_pullback) > 50);
        CHECK(fail_everywhere(second_gradients, fail_at_pullback) > 150);
    }
    TEST_CASE("a tape that is kept can be read again") {
        const Network network;
        const Arrays expected = gradients(network);
        Fuse fuse(0);
        const Interception interception(fail_at_pullback(fuse));
        Tape tape;
        const Variable loss = network.loss();
        const auto read = [&](std::size_t k) {
            fuse = Fuse(k);
            return values_of(tape.gradients(loss, network.parameters(), Keep::yes));
        };
        const auto fails = [&](std::size_t k) { return throws_injected([&] { read(k); }); };
        for (std::size_t k = 1; fails(k); ++k) {
            REQUIRE(is_recording());
            REQUIRE(same_bits(read(0), expected));
        }
    }
    TEST_CASE("a tape that watches shows all gradients or none") {
        const Variable x(Array{1, 2});
        Fuse fuse(2);
        const Interception interception(fail_at_pullback(fuse));
        Tape tape(Watch::yes);
        const Variable loss = reduce_sum(scale(x * x, 3));
        const auto shown = [&tape] {
            const std::vector<Note> notes = tape.notes();
            return std::count_if(notes.begin(), notes.end(),
                                 [](const Note& note) { return note.gradient.has_value(); });
        };
        CHECK(throws_injected([&] { tape.gradients(loss, {x}, Keep::yes); }));
        CHECK(shown() == 0);
        tape.gradients(loss, {x}, Keep::yes);
        CHECK(shown() == 3);
    }
}

TEST_SUITE("when an operation is refused, whichever it is,") {
    TEST_CASE("gradients are right at the next attempt, and nothing is lost or left") {
        CHECK(fail_everywhere(gradients, fail_at_record) > 50);
        CHECK(fail_everywhere(second_gradients, fail_at_record) > 150);
    }
    TEST_CASE("the same tape can go on") {
        const Network network;
        const Arrays expected = gradients(network);
        bool failed = true;
        for (std::size_t k = 1; failed; ++k) {
            Fuse fuse(k);
            const Interception interception(fail_at_record(fuse));
            Tape tape;
            failed = throws_injected([&] { network.loss(); });
            fuse = Fuse(0);
            const Variable loss = network.loss();
            REQUIRE(same_bits(values_of(tape.gradients(loss, network.parameters())), expected));
        }
    }
}
