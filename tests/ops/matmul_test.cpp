#include <xtape/ops/matmul.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/detail/gemm.hpp>
#include <xtape/ops/permute.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/reshape.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

constexpr Operand plain = Operand::plain;
constexpr Operand transposed = Operand::transposed;

Variable product(const Shape& a, const Shape& b) {
    return matmul(Variable(random_array(a, 1)), Variable(random_array(b, 2)));
}

/// Shapes of two operands as they are stored, and which of them are transposed.
struct Pair {
    Shape a, b;
    Operand of_a, of_b;
};

/// Every way in which batch axes can meet, and for each of them all four ways to transpose.
std::vector<Pair> pairs() {
    const std::vector<std::pair<Shape, Shape>> batches = {
        {{}, {}},     {{3}, {3}},       {{3}, {}},    {{}, {3}},        {{3}, {1}},
        {{1}, {3}},   {{2, 1}, {1, 3}}, {{1}, {1}},   {{2, 3}, {2, 1}}, {{2, 3}, {1, 3}},
        {{2, 3}, {}}, {{}, {2, 1, 3}},  {{2}, {2, 2}}};
    std::vector<Pair> all;
    for (const auto& [of_a, of_b] : batches) {
        for (int flags = 0; flags < 4; ++flags) {
            Pair p{of_a, of_b, flags & 1 ? transposed : plain, flags & 2 ? transposed : plain};
            for (const std::size_t extent : p.of_a == plain ? Shape{2, 3} : Shape{3, 2}) {
                p.a.push_back(extent);
            }
            for (const std::size_t extent : p.of_b == plain ? Shape{3, 4} : Shape{4, 3}) {
                p.b.push_back(extent);
            }
            all.push_back(p);
        }
    }
    return all;
}

}  // namespace

TEST_SUITE("matmul") {
    const Array a23 = {{1, 2, 3}, {4, 5, 6}};
    const Array b32 = {{1, 0}, {0, 1}, {1, 1}};

    TEST_CASE("multiplies rows by columns") {
        CHECK(matmul(Variable(a23), Variable(b32)).value() == Array{{4, 5}, {10, 11}});
    }
    TEST_CASE("transposes an operand where it stands") {
        const Array a32 = {{1, 4}, {2, 5}, {3, 6}};
        const Array b23 = {{1, 0, 1}, {0, 1, 1}};
        const Array y = {{4, 5}, {10, 11}};
        CHECK(matmul(Variable(a32), Variable(b32), transposed).value() == y);
        CHECK(matmul(Variable(a23), Variable(b23), plain, transposed).value() == y);
        CHECK(matmul(Variable(a32), Variable(b23), transposed, transposed).value() == y);
    }
    TEST_CASE("takes a single axis for a row on the left and a column on the right") {
        const Variable u(Array{1, 2, 3});
        CHECK(matmul(u, Variable(b32)).value() == Array{4, 5});
        CHECK(matmul(Variable(a23), u).value() == Array{14, 32});
        CHECK(matmul(u, u).shape() == Shape{});
        CHECK(matmul(u, u).item() == 14);
        CHECK(matmul(u, Variable(a23), plain, transposed).value() == Array{14, 32});
        CHECK(product({2, 4, 3}, {3}).shape() == Shape{2, 4});
        CHECK(product({3}, {2, 3, 4}).shape() == Shape{2, 4});
    }
    TEST_CASE("multiplies each matrix of a batch by its partner") {
        const Variable a(array_of({2, 1, 2}, {1, 2, 3, 4}));
        const Variable b(array_of({2, 2, 1}, {1, 10, 100, 1000}));
        CHECK(matmul(a, b).value() == array_of({2, 1, 1}, {21, 4300}));
    }
    TEST_CASE("repeats matrices along batch axes that broadcast") {
        const Variable a(array_of({2, 1, 1, 2}, {1, 2, 3, 4}));
        const Variable b(array_of({3, 2, 1}, {1, 0, 0, 1, 1, 1}));
        CHECK(matmul(a, b).value() == array_of({2, 3, 1, 1}, {1, 2, 3, 3, 4, 7}));
        CHECK(product({5, 1, 2, 3}, {4, 3, 7}).shape() == Shape{5, 4, 2, 7});
    }
    TEST_CASE("agrees with its definition for all batch axes and transposes") {
        for (const auto& [a, b, of_a, of_b] : pairs()) {
            const Variable x(random_array(a, 1));
            const Variable y(random_array(b, 2));
            // y_ij = sum_k a_ik b_kj with axes [.., i, k, 1] and [.., 1, k, j]
            const Variable left = unsqueeze(of_a == plain ? x : transpose(x), -1);
            const Variable right = unsqueeze(of_b == plain ? y : transpose(y), -3);
            CHECK(close(matmul(x, y, of_a, of_b).value(), reduce_sum(left * right, {-2}).value()));
        }
    }
    TEST_CASE("of nothing is empty, and a sum of nothing is 0") {
        CHECK(product({2, 0}, {0, 3}).value() == Array({2, 3}, 0));
        CHECK(product({0, 3}, {3, 2}).shape() == Shape{0, 2});
        CHECK(product({2, 3}, {3, 0}).shape() == Shape{2, 0});
        CHECK(product({0, 2, 3}, {1, 3, 4}).shape() == Shape{0, 2, 4});
        CHECK(product({0}, {0}).item() == 0);
    }
    TEST_CASE("passes NaN and infinity on, also beside zeros") {
        const Real inf = std::numeric_limits<Real>::infinity();
        const Variable zeros(array_of({1, 2}, {0, 0}));
        CHECK(std::isnan(matmul(zeros, Variable(Array{1, inf})).value()(0)));
        CHECK(std::isnan(matmul(zeros, Variable(Array{Real(NAN), 1})).value()(0)));
    }

    TEST_CASE("has the gradients g b' and a' g") {
        const Variable a(a23);
        const Variable b(b32);
        Tape tape;
        const auto g = tape.gradients(matmul(a, b), Array{{1, 10}, {0, 1}}, {a, b});
        CHECK(g[0].value() == Array{{1, 10, 11}, {0, 1, 1}});
        CHECK(g[1].value() == Array{{1, 14}, {2, 25}, {3, 36}});
    }
    TEST_CASE("adds up the gradients of a matrix that a batch shares") {
        const Variable a(array_of({2, 1, 2}, {1, 2, 3, 4}));
        const Variable b(Array{{1, 2}, {3, 4}});
        Tape tape;
        const auto g = tape.gradients(reduce_sum(matmul(a, b)), {a, b});
        CHECK(g[0].value() == array_of({2, 1, 2}, {3, 7, 3, 7}));
        CHECK(g[1].value() == Array{{4, 4}, {6, 6}});
    }
    TEST_CASE("has empty or zero gradients where there is nothing") {
        const Variable a(Array::from_shape({2, 0}));
        const Variable b(Array::from_shape({0, 3}));
        Tape tape;
        const auto g = tape.gradients(reduce_sum(matmul(a, b)), {a, b});
        CHECK(g[0].shape() == Shape{2, 0});
        CHECK(g[1].shape() == Shape{0, 3});

        const Variable none(Array::from_shape({0, 3}));
        const Variable weight(Array({3, 2}, 1));
        Tape other;
        CHECK(other.gradients(reduce_sum(matmul(none, weight)), {weight})[0].value() ==
              Array({3, 2}, 0));
    }
    TEST_CASE("copies no matrix and makes no sum to take its gradient") {
        const Variable x(random_array({2, 3, 4}));
        const Variable weight(random_array({4, 5}));
        Tape outer;
        {
            Tape inner;
            const Variable loss = reduce_sum(matmul(x, weight));
            inner.gradients(loss, {x, weight});
        }
        std::string ops;
        for (const Note& note : outer.notes()) {
            ops += note.op + " ";
        }
        CHECK(ops == "MatMul ReduceSum Reshape BroadcastTo MatMul MatMul ");
    }

    TEST_CASE("has the right first and second derivatives") {
        for (const auto& [a, b, of_a, of_b] : pairs()) {
            const Function f = [of_a = of_a, of_b = of_b](const auto& in) {
                return matmul(in[0], in[1], of_a, of_b);
            };
            const std::vector<Array> inputs = {random_array(a, 3), random_array(b, 4)};
            CHECK(gradient_check(f, inputs, {Stencil::linear}));
            CHECK(second_gradient_check(f, inputs, {Stencil::linear}));
        }
    }
    TEST_CASE("has the right derivatives for single axes") {
        const Function f = [](const auto& in) { return matmul(in[0], in[1]); };
        const std::vector<std::pair<Shape, Shape>> shapes = {
            {{3}, {3}}, {{2, 3}, {3}}, {{3}, {3, 2}}, {{2, 4, 3}, {3}}, {{3}, {2, 3, 4}}};
        for (const auto& [a, b] : shapes) {
            const std::vector<Array> inputs = {random_array(a, 5), random_array(b, 6)};
            CHECK(gradient_check(f, inputs, {Stencil::linear}));
            CHECK(second_gradient_check(f, inputs, {Stencil::linear}));
        }
    }
    TEST_CASE("has the right derivatives of x x and of x x'") {
        const Function square = [](const auto& in) { return matmul(in[0], in[0]); };
        const Function gram = [](const auto& in) {
            return matmul(in[0], in[0], plain, transposed);
        };
        CHECK(gradient_check(square, {random_array({3, 3})}));
        CHECK(second_gradient_check(square, {random_array({3, 3})}));
        CHECK(gradient_check(gram, {random_array({2, 3})}));
        CHECK(second_gradient_check(gram, {random_array({2, 3})}));
    }
    TEST_CASE("is linear in each operand, and its gradients are the transposes") {
        for (const auto& [a, b, of_a, of_b] : pairs()) {  // <A X, u> = <X, A' u> = <A, u X'>
            const Variable x(random_array(a, 7));
            const Variable y(random_array(b, 8));
            Tape tape;
            const Variable z = matmul(x, y, of_a, of_b);
            const Array u = random_array(z.shape(), 9);
            const auto g = tape.gradients(z, u, {x, y});
            const auto expected = doctest::Approx(inner_product(z.value(), u));
            CHECK(inner_product(x.value(), g[0].value()) == expected);
            CHECK(inner_product(y.value(), g[1].value()) == expected);
        }
    }

    TEST_CASE("names inner dimensions that differ") {
        CHECK_THROWS_WITH_AS(product({2, 3}, {4, 5}),
                             "matmul: inner dimensions 3 and 4 of shapes [2, 3] and [4, 5] differ",
                             ShapeError);
        CHECK_THROWS_WITH_AS(product({7, 2, 3}, {4}),
                             "matmul: inner dimensions 3 and 4 of shapes [7, 2, 3] and [4] differ",
                             ShapeError);
        CHECK_THROWS_WITH_AS(matmul(Variable(a23), Variable(a23), transposed, transposed),
                             "matmul: inner dimensions 2 and 3 of shapes [2, 3] transposed and "
                             "[2, 3] transposed differ",
                             ShapeError);
    }
    TEST_CASE("names batch axes that do not broadcast") {
        CHECK_THROWS_WITH_AS(product({2, 1, 3}, {4, 3, 5}),
                             "matmul: the batch axes of shapes [2, 1, 3] and [4, 3, 5] do not "
                             "broadcast",
                             ShapeError);
    }
    TEST_CASE("refuses extents that BLAS would cut off") {
        const std::size_t most = std::numeric_limits<int>::max();
        CHECK(blas_extent(most) == std::numeric_limits<int>::max());
        CHECK_THROWS_WITH_AS(blas_extent(most + 1),
                             "matmul: extent 2147483648 is more than BLAS can take; at most "
                             "2147483647",
                             ShapeError);
    }
    TEST_CASE("refuses a single number") {
        CHECK_THROWS_WITH_AS(product({}, {2, 3}),
                             "matmul: the operands have shapes [] and [2, 3]; each needs at least "
                             "one axis",
                             ShapeError);
        CHECK_THROWS_AS(product({3}, {}), ShapeError);
    }
}
