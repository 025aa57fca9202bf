#include <xtape/nn/attention.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/nn/masks.hpp>
#include <xtape/nn/packing.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>
#include <xtape/ops/slice.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

Variable attend_to(const std::vector<Variable>& in, const Mask& hidden) {
    return attend(in[0], {in[1], in[2]}, hidden);
}

MultiHeadAttention make_attention(std::size_t width, std::size_t heads, double dropout = 0) {
    Random random(3);
    MultiHeadAttention attention(width, heads, dropout, random);
    std::uint64_t seed = 10;
    for (const auto& [name, variable] : attention.parameters()) {
        Variable(variable).assign(random_array(variable.shape(), ++seed));  // biases as well
    }
    return attention;
}

const Mask padding = {{false, false, true}, {false, false, false}, {true, true, true}};
const Mask memory_padding = {
    {false, true, true, false}, {false, true, true, true}, {false, false, true, true}};

/// Wherever no query stands y is of no interest.
Array at_tokens(const Variable& y) {
    return without_padding(y, padding).value();
}

/// The columns [first, first + count) of the last axis.
Variable columns(const Variable& x, std::ptrdiff_t first, std::ptrdiff_t count) {
    return slice(x, -1, first, first + count);
}

}  // namespace

TEST_SUITE("attend") {
    const Real e = std::exp(Real(1));

    TEST_CASE("weights values by how well their keys fit") {  // scores 2 / sqrt(4) = 1 and 0
        const Variable query(Array{{2, 0, 0, 0}});
        const KeyValues memory = {Variable(Array{{1, 5, 0, 0}, {0, 0, 7, 0}}),
                                  Variable(Array{{10, 1}, {20, 2}})};
        CHECK(close(attend(query, memory, Mask()).value(),
                    Array{{(e * 10 + 20) / (e + 1), (e + 2) / (e + 1)}}));
    }
    TEST_CASE("does not see what is hidden, whatever stands there") {
        const Variable queries(random_array({2, 3}, 1));
        Array keys = random_array({3, 3}, 2);
        const Variable values(random_array({3, 2}, 3));
        const Mask hidden = {{false, true, false}, {false, true, false}};
        const Variable before = attend(queries, {Variable(keys), values}, hidden);
        for (const Real anything : {Real(7), std::numeric_limits<Real>::infinity(),
                                    std::numeric_limits<Real>::quiet_NaN()}) {
            std::fill_n(keys.data() + 3, 3, anything);
            const Variable after = attend(queries, {Variable(keys), values}, hidden);
            CHECK(same_bits(before.value(), after.value()));
        }
    }
    TEST_CASE("returns the gradient of each value by its weight") {
        const Variable query(Array{{2, 0, 0, 0}});
        const Variable keys(Array{{1, 5, 0, 0}, {0, 0, 7, 0}});
        const Variable values(Array{{10, 1}, {20, 2}});
        Tape tape;
        const Variable y = attend(query, {keys, values}, Mask());
        CHECK(close(tape.gradients(y, Array{{1, 10}}, {values})[0].value(),
                    Array{{e / (e + 1), 10 * e / (e + 1)}, {1 / (e + 1), 10 / (e + 1)}}));
    }
    TEST_CASE("gives zeros where nothing can be seen, and no gradient") {
        const std::vector<Variable> in = {Variable(random_array({2, 2, 3}, 1)),
                                          Variable(random_array({2, 4, 3}, 2)),
                                          Variable(random_array({2, 4, 3}, 3))};
        const Mask hidden = mask_of({2, 1, 4}, {true, true, true, true, false, false, true, false});
        Tape tape;
        const Variable y = attend_to(in, hidden);
        for (std::size_t i = 0; i < 6; ++i) {
            CHECK(y.value().data()[i] == 0);
            CHECK(y.value().data()[6 + i] != 0);
        }
        for (const Variable& g : tape.gradients(y, random_array({2, 2, 3}, 4), in)) {
            for (std::size_t i = 0; i < g.value().size(); ++i) {
                CHECK(std::isfinite(g.value().data()[i]));
                CHECK((i >= g.value().size() / 2 || g.value().data()[i] == 0));
            }
        }
    }
    TEST_CASE("has the right first and second derivatives, masked or not") {
        const std::vector<Array> inputs = {random_array({2, 3, 2}, 1), random_array({2, 3, 2}, 2),
                                           random_array({2, 3, 2}, 3)};
        const Mask blind = {{true, true, true}, {false, true, true}, {false, false, true}};
        for (const Mask& hidden : {Mask(), hide_future(3), blind}) {
            const Function f = [&](const auto& in) { return attend_to(in, hidden); };
            CHECK(gradient_check(f, inputs));
            CHECK(second_gradient_check(f, inputs));
        }
    }
    TEST_CASE("drops weights while training") {
        Random random(1);
        const std::vector<Variable> in = {Variable(random_array({4, 2}, 1)),
                                          Variable(random_array({9, 2}, 2)),
                                          Variable(Array({9, 1}, 1))};
        const KeyValues memory = {in[1], in[2]};
        CHECK(close(attend(in[0], memory, Mask(), Dropout(0.5)).value(), Array({4, 1}, 1)));
        const Variable y = attend(in[0], memory, Mask(), Dropout(0.5), &random);
        CHECK_FALSE(close(y.value(), Array({4, 1}, 1), 0.01));
    }
    TEST_CASE("refuses what does not fit") {
        const Variable x(random_array({2, 3}));
        CHECK_THROWS_AS(attend(x, {Variable(random_array({2, 4})), x}, Mask()), ShapeError);
        CHECK_THROWS_AS(attend(x, {x, Variable(random_array({4, 3}))}, Mask()), ShapeError);
        CHECK_THROWS_AS(attend(x, {x, x}, mask_of({3}, {true, true, false})), ShapeError);
    }
}

TEST_SUITE("multi_head_attention") {
    TEST_CASE("is attention of each head, on its part of the width") {
        const MultiHeadAttention attention = make_attention(6, 3);
        const Variable x(random_array({1, 4, 6}, 1));
        const Variable memory(random_array({1, 5, 6}, 2));
        const Variable q = attention.query(x);
        const Variable k = attention.key(memory);
        const Variable v = attention.value(memory);
        Variable expected(Array(Shape{1, 4, 6}, 0));
        for (std::ptrdiff_t head = 0; head < 3; ++head) {
            const Variable y = attend(columns(q, 2 * head, 2),
                                      {columns(k, 2 * head, 2), columns(v, 2 * head, 2)}, Mask());
            expected = expected + pad(y, -1, 2 * head, 4 - 2 * head);
        }
        CHECK(close(attention(x, memory, Mask()).value(), attention.output(expected).value()));
    }
    TEST_CASE("treats every sequence of a batch for itself") {
        const MultiHeadAttention attention = make_attention(4, 2);
        const Variable x(random_array({3, 2, 4}, 1));
        const Variable memory(random_array({3, 5, 4}, 2));
        const Variable all = attention(x, memory, Mask());
        for (std::ptrdiff_t b = 0; b < 3; ++b) {
            const Variable one =
                attention(slice(x, 0, b, b + 1), slice(memory, 0, b, b + 1), Mask());
            CHECK(close(slice(all, 0, b, b + 1).value(), one.value()));
        }
    }
    TEST_CASE("takes masks of padding and of the future") {
        const MultiHeadAttention attention = make_attention(4, 2);
        const Variable x(random_array({2, 3, 4}, 1));
        Array changed = x.value();
        std::fill_n(changed.data() + 8, 4, Real(9));  // sequence 0, position 2
        const Mask padding = {{false, false, true}, {false, false, false}};
        for (const Mask& hidden : {hide_padding(padding), hide_future(3)}) {
            const Array before = attention(x, x, hidden).value();
            const Array after = attention(Variable(changed), Variable(changed), hidden).value();
            CHECK(std::equal(before.data(), before.data() + 8, after.data()));
            CHECK_FALSE(std::equal(before.data() + 8, before.data() + 12, after.data() + 8));
            CHECK(std::equal(before.data() + 12, before.data() + 24, after.data() + 12));
        }
    }
    TEST_CASE("asks a memory that was projected before") {
        const MultiHeadAttention attention = make_attention(4, 2);
        const Variable x(random_array({2, 3, 4}, 1));
        const Variable memory(random_array({2, 5, 4}, 2));
        const KeyValues projected = attention.key_values(memory);
        CHECK(projected.keys.shape() == Shape{2, 2, 5, 2});
        CHECK(same_bits(attention(x, projected, Mask()).value(),
                        attention(x, memory, Mask()).value()));
    }
    TEST_CASE("of rows without PAD is attention that does not see PAD") {
        const MultiHeadAttention attention = make_attention(6, 2);
        const Variable x(random_array({3, 3, 6}, 1));
        const Variable memory(random_array({3, 4, 6}, 2));
        const Packing own(padding);
        const Packing others(memory_padding);
        const Variable rows = own.pack(x);
        const Variable all = attention(rows, own.sequences(), Sight::all);
        CHECK(close(own.unpack(all).value(), at_tokens(attention(x, x, hide_padding(padding)))));
        const Variable past = attention(rows, own.sequences(), Sight::past);
        CHECK(close(own.unpack(past).value(), at_tokens(attention(x, x, hide_future(3)))));
        const Variable found =
            attention(rows, own.sequences(), others.pack(memory), others.sequences());
        CHECK(close(own.unpack(found).value(),
                    at_tokens(attention(x, memory, hide_padding(memory_padding)))));
    }
    TEST_CASE("of rows that find an empty memory is the output's bias") {
        const MultiHeadAttention attention = make_attention(4, 2);
        const Sequences own({2, 1});
        const Sequences others({0, 1});
        const Variable y = attention(Variable(random_array({3, 4}, 1)), own,
                                     Variable(random_array({1, 4}, 2)), others);
        CHECK(slice(y, 0, 0, 1).value() == reshape(attention.output.bias, {1, 4}).value());
        CHECK(slice(y, 0, 1, 2).value() == reshape(attention.output.bias, {1, 4}).value());
    }
    TEST_CASE("of rows drops weights while training") {
        const MultiHeadAttention attention = make_attention(4, 2, 0.5);
        const Variable x(random_array({3, 4}));
        const Sequences own({3});
        Random first(1);
        Random second(1);
        const Array y = attention(x, own, Sight::all, &first).value();
        CHECK(same_bits(y, attention(x, own, Sight::all, &second).value()));
        CHECK_FALSE(close(y, attention(x, own, Sight::all).value(), 0.01));
    }
    TEST_CASE("of rows has the right first and second derivatives") {
        MultiHeadAttention attention = make_attention(2, 2);
        const Sequences own({1, 2});
        const Sequences others({2, 1});
        const Function f = [&](const auto& in) {
            attention.query.weight = in[2];
            const Variable h = attention(in[0], own, Sight::past);
            return attention(h, own, in[1], others);
        };
        const std::vector<Array> inputs = {random_array({3, 2}, 1), random_array({3, 2}, 2),
                                           random_array({2, 2}, 3)};
        CHECK(gradient_check(f, inputs));
        CHECK(second_gradient_check(f, inputs));
    }
    TEST_CASE("has the right first and second derivatives") {
        MultiHeadAttention attention = make_attention(2, 2);
        const Function f = [&](const auto& in) {
            attention.query.weight = in[2];
            attention.value.weight = in[3];
            return attention(in[0], in[1], hide_future(2));
        };
        const std::vector<Array> inputs = {random_array({1, 2, 2}, 1), random_array({1, 2, 2}, 2),
                                           random_array({2, 2}, 3), random_array({2, 2}, 4)};
        CHECK(gradient_check(f, inputs));
        CHECK(second_gradient_check(f, inputs));
    }
    TEST_CASE("names its parameters") {
        const MultiHeadAttention attention = make_attention(4, 2);
        CHECK(attention.parameters().size() == 8);
        CHECK(attention.parameters().find("query.weight")->id() == attention.query.weight.id());
        CHECK(attention.parameters().find("output.bias")->id() == attention.output.bias.id());
    }
    TEST_CASE("refuses heads that cannot share the width, and vectors of another") {
        CHECK_THROWS_WITH_AS(make_attention(6, 4),
                             "MultiHeadAttention: 4 heads cannot share a width of 6; their number "
                             "must divide it",
                             ValueError);
        CHECK_THROWS_AS(make_attention(6, 0), ValueError);
        CHECK_THROWS_AS(make_attention(6, 3, 1.5), ValueError);
        const MultiHeadAttention attention = make_attention(4, 2);
        const Variable x(random_array({2, 3, 4}));
        CHECK_THROWS_WITH_AS(attention(x, Variable(random_array({2, 3, 5})), Mask()),
                             "MultiHeadAttention: the memory has shape [2, 3, 5]; expected "
                             "[B, S, 4]",
                             ShapeError);
        CHECK_THROWS_AS(attention(Variable(random_array({3, 4})), Sequences({2}), Sight::all),
                        ShapeError);
        CHECK_THROWS_WITH_AS(attention(Variable(random_array({3, 4})), x, Mask()),
                             "MultiHeadAttention: x has shape [3, 4]; expected [B, T, 4]",
                             ShapeError);
    }
}
