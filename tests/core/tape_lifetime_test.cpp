#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/exp.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

// What a tape holds on to, and for how long.

TEST_SUITE("tape") {
    TEST_CASE("is consumed by reading, and says so") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable loss = reduce_sum(x * x);
        tape.gradients(loss, {x});
        CHECK_FALSE(is_recording());
        CHECK(tape.notes().empty());
        CHECK_THROWS_WITH_AS(tape.gradients(loss, {x}),
                             "Tape: it was read already and is empty; pass Keep::yes to the first "
                             "reading to read it again",
                             TapeError);
    }
    TEST_CASE("can be kept, goes on, and gives the same gradients again") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable loss = reduce_sum(x * x);
        const auto first = tape.gradients(loss, {x}, Keep::yes);
        const Variable other = scale(loss, 3);
        CHECK(same_bits(tape.gradients(loss, {x}, Keep::yes)[0].value(), first[0].value()));
        CHECK(tape.gradients(other, {x})[0].value() == Array{6, 12});
    }
    TEST_CASE("frees what it recorded while it is read") {
        const Variable x(random_array({100}));
        Tape tape;
        std::optional<Variable> inner = scale(x, 2);
        const Variable loss = reduce_sum(*inner * *inner);
        CHECK_FALSE(inner->is_unique());  // the product's pullbacks hold it
        tape.gradients(loss, {x});
        CHECK(inner->is_unique());
    }
    TEST_CASE("holds no result that no rule needs, unless it watches") {
        const Variable x(Array{1, 2});
        Tape tape;
        CHECK(scale(x, 2).is_unique());
        CHECK_FALSE(exp(x).is_unique());
        const Tape watching(Watch::yes);
        CHECK_FALSE(scale(x, 2).is_unique());
    }
    TEST_CASE("drops a million operations that nobody read") {
        const Variable x(Real(1));
        Variable y = x;
        {
            Tape tape;
            for (int i = 0; i < 1000000; ++i) {
                y = scale(y, 1);
            }
            CHECK(tape.notes().size() == 1000000);
        }
        CHECK(y.item() == 1);
        CHECK_FALSE(is_recording());
    }
    TEST_CASE("is closed when a pullback throws, and the next one works") {
        const Variable x(Real(1));
        {
            Tape tape;
            const Variable y =
                record("Broken", Array(Shape{}, 1),
                       Input{x, [](Variable) -> Variable { throw std::runtime_error("broken"); }});
            CHECK_THROWS_WITH(tape.gradients(scale(y, 2), {x}), "broken");
            CHECK_FALSE(is_recording());
        }
        Tape tape;
        CHECK(tape.gradients(scale(x, 2), {x})[0].item() == 2);
    }
    TEST_CASE("refuses to be read by its own pullbacks") {
        const Variable x(Real(1));
        Tape tape;
        const auto curious = [&](const Variable&) { return tape.gradients(x, {x})[0]; };
        const Variable y = record("Curious", Array(Shape{}, 1), Input{x, curious});
        CHECK_THROWS_WITH_AS(
            tape.gradients(y, {x}),
            "Tape: it is being read; a pullback that differentiates opens its own tape", TapeError);
    }
    TEST_CASE("does not know what an inner tape took with it") {
        const Variable x(Real(1));
        std::optional<Variable> inside;
        Tape tape;
        const auto busy = [&](Variable g) {
            Tape inner;
            inside = scale(x, 2);
            return g;
        };
        const Variable y = record("Busy", Array(Shape{}, 1), Input{x, busy});
        tape.gradients(y, {x}, Keep::yes);
        const Variable z = scale(y, 3);
        CHECK_THROWS_WITH_AS(
            tape.gradients(*inside, {x}, Keep::yes),
            "Tape: the loss is not on this tape; open the tape before computing the loss",
            TapeError);
        CHECK(tape.gradients(z, {x})[0].item() == 3);
    }
    TEST_CASE("belongs to its thread, as do the results on it") {
        const Variable x(Real(3));
        Tape tape;
        const Variable y = x * x;
        std::thread([&] {
            CHECK_THROWS_AS(tape.gradients(y, {x}), TapeError);
            Tape own;
            CHECK(own.gradients(y * x, {x})[0].item() == 9);  // y is given here, not computed
        }).join();
        CHECK(tape.gradients(y, {x})[0].item() == 6);
    }
    TEST_CASE("ends for its own thread, whichever closes it") {
        auto tape = std::make_unique<Tape>();
        std::thread([&] {
            tape.reset();
            CHECK_FALSE(is_recording());
        }).join();
        CHECK_FALSE(is_recording());
        Tape next;
        CHECK(is_recording());
    }
    TEST_CASE("drops what it recorded when somebody throws") {
        const Variable x(Array{1, 2});
        const Variable y(Array{3, 4});
        try {
            Tape tape;
            const Variable product = x * y;
            CHECK_FALSE(x.is_unique());
            throw std::runtime_error("no more");
        } catch (const std::runtime_error&) {
        }
        CHECK_FALSE(is_recording());
        CHECK(x.is_unique());
        CHECK(y.is_unique());
    }
    TEST_CASE("frees a rule that holds its own output") {
        const Variable x(Real(2));
        std::optional<Variable> y(Real(0));
        {
            Tape tape;
            y = exp(x);
            CHECK_FALSE(y->is_unique());
        }
        CHECK(y->is_unique());
    }
    TEST_CASE("takes the results of an earlier tape for what they are, numbers") {
        const Variable x(Real(3));
        std::optional<Variable> result;
        {
            Tape tape;
            result = x * x;
        }
        Tape tape;
        const auto g = tape.gradients(*result * x, {x, *result});
        CHECK(g[0].item() == 9);
        CHECK(g[1].item() == 3);
    }
    TEST_CASE("ends at a variable made of another's numbers") {
        const Variable x(Real(3));
        Tape tape;
        const Variable square = x * x;
        const Variable constant(square.value());
        CHECK(constant.item() == 9);
        CHECK(tape.gradients(constant * x, {x})[0].item() == 9);  // not 27
    }
    TEST_CASE("is not disturbed, while it is kept, by tapes that come and go") {
        const Variable x(Array{1, 2});
        Tape tape;
        const Variable loss = reduce_sum(x * x);
        {
            Tape unread;
            reduce_sum(x * loss);
        }
        const Array first = tape.gradients(loss, {x}, Keep::yes)[0].value();
        {
            Tape inner;
            CHECK(inner.gradients(reduce_sum(scale(x, 3)), {x})[0].value() == Array{3, 3});
        }
        CHECK(first == Array{2, 4});
        CHECK(same_bits(tape.gradients(loss, {x})[0].value(), first));
    }
}
