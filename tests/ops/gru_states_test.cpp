#include <xtape/ops/gru_states.hpp>

#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/concat.hpp>
#include <xtape/ops/gru_gates.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/reading_order.hpp"

using namespace xtape;

namespace {

using Rows = std::vector<std::size_t>;

struct Operands {
    Variable a, initial, weight, bias;

    Variable read(const Rows& rows, Direction direction) const {
        return gru_states(a, initial, weight, bias, rows, direction);
    }
    std::vector<Variable> all() const { return {a, initial, weight, bias}; }
};

Operands operands(std::size_t tokens, std::size_t sequences, std::size_t width) {
    return {Variable(random_array({tokens, 3 * width}, -2, 2, 1)),
            Variable(random_array({sequences, width}, -2, 2, 2)),
            Variable(random_array({width, 3 * width}, -1, 1, 3)),
            Variable(random_array({3 * width}, -1, 1, 4))};
}

Variable rows_of(const Variable& x, std::size_t first, std::size_t last) {
    return slice(x, 0, static_cast<std::ptrdiff_t>(first), static_cast<std::ptrdiff_t>(last));
}

/// The states one after the other, each sequence by itself.
Variable one_by_one(const Operands& in, const Rows& rows, Direction direction) {
    const std::size_t sequences = in.initial.shape()[0];
    std::vector<Variable> states(in.a.shape()[0], in.initial);
    for (std::size_t s = 0; s < sequences; ++s) {
        Variable h = rows_of(in.initial, s, s + 1);
        for (const std::size_t token : tokens_of(s, rows, direction)) {
            h = gru_gates(rows_of(in.a, token, token + 1), matmul(h, in.weight) + in.bias, h);
            states[token] = h;
        }
    }
    states.insert(states.begin(), in.initial);
    return concat(states, 0);
}

const Rows shapes[] = {{3, 2, 2, 1}, {3, 3}, {1, 1, 1}, {2}, {}};
constexpr Direction directions[] = {Direction::forward, Direction::backward};

}  // namespace

TEST_SUITE("gru_states") {
    TEST_CASE("are what gru_gates makes of each sequence, token by token") {
        for (const Direction direction : directions) {
            for (const Rows& rows : shapes) {
                const auto tokens = std::accumulate(rows.begin(), rows.end(), std::size_t{0});
                const Operands in = operands(tokens, 3, 5);
                Tape tape;
                const Variable y = in.read(rows, direction);
                const Variable expected = one_by_one(in, rows, direction);
                CHECK(close(y.value(), expected.value(), 1e-13));
                const Array u = random_array(y.shape(), 9);
                const auto g = tape.gradients(y, u, in.all(), Keep::yes);
                const auto wanted = tape.gradients(expected, u, in.all());
                for (std::size_t i = 0; i < g.size(); ++i) {
                    CHECK(close(g[i].value(), wanted[i].value(), 1e-13));
                }
            }
        }
    }
    TEST_CASE("have derivatives of the first and second order") {
        for (const Direction direction : directions) {
            const Function f = [direction](const std::vector<Variable>& in) {
                return gru_states(in[0], in[1], in[2], in[3], {2, 1}, direction);
            };
            const Operands in = operands(3, 2, 2);
            const std::vector<Array> x = {in.a.value(), in.initial.value(), in.weight.value(),
                                          in.bias.value()};
            CHECK_GRADIENT(f, x);
            CHECK_SECOND_GRADIENT(f, x);
        }
    }
    TEST_CASE("tell inputs that are one variable from each other") {
        const Function f = [](const std::vector<Variable>& in) {
            return gru_states(in[0], in[1], in[0], in[2], {1}, Direction::forward);
        };
        const std::vector<Array> x = {random_array({1, 3}, 1), random_array({1, 1}, 2),
                                      random_array({3}, 3)};
        CHECK_GRADIENT(f, x);
        CHECK_SECOND_GRADIENT(f, x);
    }
    TEST_CASE("go back anew for another cotangent, and for one whose numbers were changed") {
        const Operands in = operands(5, 2, 3);
        Tape tape;
        const Variable y = in.read({2, 2, 1}, Direction::forward);
        Variable u(random_array(y.shape(), 9));
        const Array other = random_array(y.shape(), 10);
        const Array first = tape.gradients(y, u, {in.weight}, Keep::yes)[0].value();
        const Array second = tape.gradients(y, other, {in.weight}, Keep::yes)[0].value();
        CHECK_FALSE(close(first, second));
        numbers_of(u) = other;
        CHECK(same_bits(tape.gradients(y, u, {in.weight}, Keep::yes)[0].value(), second));
        CHECK(close(tape.gradients(y, u, in.all())[2].value(), second));
    }
    TEST_CASE("add the weight's gradient to one that is there") {
        const Operands in = operands(5, 2, 3);
        Tape tape;
        const Variable y =
            reduce_sum(in.read({2, 2, 1}, Direction::backward)) + reduce_sum(in.weight * in.weight);
        const Array both = tape.gradients(y, {in.weight}, Keep::yes)[0].value();
        const Array square = Array(2 * in.weight.value());
        Tape alone;
        const Variable z = reduce_sum(in.read({2, 2, 1}, Direction::backward));
        CHECK(close(both, Array(square + alone.gradients(z, {in.weight})[0].value())));
    }
    TEST_CASE("of no tokens are the initial ones") {
        const Operands in = operands(0, 2, 3);
        CHECK(same_bits(in.read({}, Direction::forward).value(), in.initial.value()));
        CHECK(same_bits(in.read({0, 0}, Direction::forward).value(), in.initial.value()));
        CHECK(operands(0, 0, 3).read({}, Direction::backward).shape() == Shape{0, 3});
    }
    TEST_CASE("refuse shapes that do not fit") {
        const Operands in = operands(3, 2, 2);
        CHECK_THROWS_WITH_AS(
            gru_states(in.a, in.initial, in.weight, in.initial, {2, 1}),
            "gru_states: a has shape [3, 6], the initial states [2, 2], the weight [2, 6] and the "
            "bias [2, 2]; expected [N, 3 H], [B, H], [H, 3 H] and [3 H]",
            ShapeError);
        CHECK_THROWS_AS(gru_states(in.initial, in.initial, in.weight, in.bias, {2}), ShapeError);
        CHECK_THROWS_AS(gru_states(in.a, in.bias, in.weight, in.bias, {2, 1}), ShapeError);
        CHECK_THROWS_AS(gru_states(in.a, in.initial, in.a, in.bias, {2, 1}), ShapeError);
    }
    TEST_CASE("refuse steps that are not those of sequences") {
        const Operands in = operands(3, 2, 2);
        const auto read = [&](const Rows& rows) { return in.read(rows, Direction::forward); };
        CHECK_THROWS_WITH_AS(read({2}),
                             "gru_states: the steps have 2 rows in all and a has 3; each token is "
                             "read in one step",
                             ValueError);
        CHECK_THROWS_WITH_AS(read({3}),
                             "gru_states: step 0 has 3 rows and there are 2 sequences; sequences "
                             "that have ended do not begin again",
                             ValueError);
        CHECK_THROWS_WITH_AS(read({1, 2}),
                             "gru_states: step 1 has 2 rows and the step before 1; sequences that "
                             "have ended do not begin again",
                             ValueError);
    }
}
