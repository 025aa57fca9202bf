#include <xtape/ops/gru_gates.hpp>

#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/doctest.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/slice.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

Variable part(const Variable& x, std::ptrdiff_t k) {
    const auto width = static_cast<std::ptrdiff_t>(x.shape().back()) / 3;
    return slice(x, -1, k * width, (k + 1) * width);
}

Variable composed(const Variable& a, const Variable& b, const Variable& h) {
    const Variable r = sigmoid(part(a, 0) + part(b, 0));
    const Variable z = sigmoid(part(a, 1) + part(b, 1));
    const Variable n = tanh(part(a, 2) + r * part(b, 2));
    return (1 - z) * n + z * h;
}

std::vector<Array> operands(const Shape& rows, std::size_t width) {
    Shape one = rows;
    one.push_back(width);
    Shape three = rows;
    three.push_back(3 * width);
    return {random_array(three, -2, 2, 1), random_array(three, -2, 2, 2),
            random_array(one, -2, 2, 3)};
}

}  // namespace

TEST_SUITE("gru_gates") {
    // r = z = 1/2, and n = tanh(-1 + 2 / 2) = 0
    const Array a = {0, 0, -1};
    const Array b = {0, 0, 2};
    const Array h = array_of({1}, {4});

    TEST_CASE("keeps a share z of the old state") {
        CHECK(gru_gates(Variable(a), Variable(b), Variable(h)).value() == array_of({1}, {2}));
    }
    TEST_CASE("is the old state where z is 1, and the new one where z is 0") {
        const Variable shut(Array{0, 800, 0.5});
        const Variable open(Array{0, -800, 0.5});
        const Variable none(Array{0, 0, 0});
        CHECK(gru_gates(shut, none, Variable(h)).value() == h);
        CHECK(close(gru_gates(open, none, Variable(h)).value(),
                    tanh(Variable(array_of({1}, {0.5}))).value()));
    }
    TEST_CASE("is its composition, whatever the number of rows and their width") {
        for (const Shape& rows : {Shape{}, Shape{3}, Shape{2, 3}}) {
            for (const std::size_t width : {1, 5, 16, 19}) {
                const auto in = operands(rows, width);
                const Variable p(in[0]), q(in[1]), old(in[2]);
                const Array u = random_array(in[2].shape(), 4);
                Tape tape;
                const Variable y = gru_gates(p, q, old);
                const Variable expected = composed(p, q, old);
                CHECK(close(y.value(), expected.value(), 1e-14));
                const auto g = tape.gradients(y, u, {p, q, old}, Keep::yes);
                const auto wanted = tape.gradients(expected, u, {p, q, old});
                for (std::size_t i = 0; i < g.size(); ++i) {
                    CHECK(close(g[i].value(), wanted[i].value(), 1e-14));
                }
            }
        }
    }
    TEST_CASE("of no rows, and of empty ones, is empty") {
        const auto of = [](const Shape& shape) { return Variable(Array::from_shape(shape)); };
        CHECK(gru_gates(of({0, 6}), of({0, 6}), of({0, 2})).shape() == Shape{0, 2});
        CHECK(gru_gates(of({2, 0}), of({2, 0}), of({2, 0})).shape() == Shape{2, 0});
    }

    // dy/dn = 1/2, dn/db_n = r = 1/2, dn/dr = b_n = 2, dy/dz = h - n = 4; both sigmoids have slope 1/4
    TEST_CASE("returns the gradients of both products and of the state") {
        const Variable p(a), q(b), old(h);
        Tape tape;
        const Variable y = gru_gates(p, q, old);
        const auto g = tape.gradients(y, array_of({1}, {8}), {p, q, old});
        CHECK(g[0].value() == Array{2, 8, 4});
        CHECK(g[1].value() == Array{2, 8, 2});
        CHECK(g[2].value() == array_of({1}, {4}));
    }
    TEST_CASE("adds the gradients of an operand that is given twice") {
        const Variable p(a), old(h);
        Tape tape;
        const Variable y = gru_gates(p, p, old);
        const Array whole = tape.gradients(y, array_of({1}, {8}), {p})[0].value();
        const Variable s(a), t(a);
        Tape apart;
        const auto g = apart.gradients(gru_gates(s, t, old), array_of({1}, {8}), {s, t});
        CHECK(close(whole, (g[0] + g[1]).value(), 1e-15));
    }
    TEST_CASE("leaves its operands alone, and on the way back the gradient that others hold") {
        const Variable p(a), q(b), old(h), u(array_of({1}, {8}));
        Tape tape;
        const Variable y = gru_gates(p, q, old);
        tape.gradients(y, u, {p, q, old});
        CHECK(p.value() == a);
        CHECK(q.value() == b);
        CHECK(old.value() == h);
        CHECK(u.value() == array_of({1}, {8}));
    }
    TEST_CASE("keeps nan to its row") {
        auto in = operands({2}, 3);
        const Array before = gru_gates(Variable(in[0]), Variable(in[1]), Variable(in[2])).value();
        std::fill_n(in[0].data(), 9, std::numeric_limits<Real>::quiet_NaN());
        const Array after = gru_gates(Variable(in[0]), Variable(in[1]), Variable(in[2])).value();
        CHECK(after(0, 0) != after(0, 0));
        CHECK(std::equal(before.data() + 3, before.data() + 6, after.data() + 3));
    }

    TEST_CASE("has the right first and second derivatives") {
        const Function f = [](const auto& in) { return gru_gates(in[0], in[1], in[2]); };
        CHECK_GRADIENT(f, operands({2}, 3));
        CHECK_SECOND_GRADIENT(f, operands({2}, 3));
    }
    TEST_CASE("has the right third derivative") {
        const Function slope = [](const auto& in) {
            Tape tape;
            return tape.gradients(gru_gates(in[0], in[1], in[2]), in[3], {in[0]})[0];
        };
        auto in = operands({1}, 2);
        in.push_back(random_array({1, 2}, 5));
        CHECK_SECOND_GRADIENT(slope, in);
    }

    TEST_CASE("refuses operands that do not fit together") {
        const auto of = [](const Shape& shape) { return Variable(Array(shape, 1)); };
        CHECK_THROWS_WITH_AS(gru_gates(of({2, 6}), of({2, 6}), of({2, 3})),
                             "gru_gates: a has shape [2, 6], b [2, 6] and h [2, 3]; expected "
                             "[..., 3 H] twice and [..., H]",
                             ShapeError);
        CHECK_THROWS_AS(gru_gates(of({2, 6}), of({6}), of({2, 2})), ShapeError);
        CHECK_THROWS_AS(gru_gates(of({1, 6}), of({2, 6}), of({2, 2})), ShapeError);
        CHECK_THROWS_AS(gru_gates(of({3}), of({3}), of({})), ShapeError);
        CHECK_THROWS_AS(gru_gates(of({}), of({}), of({})), ShapeError);
    }
}
