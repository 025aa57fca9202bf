#include <xtape/train/data_parallel.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/plus.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/nn/linear.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/matmul.hpp>
#include <xtape/ops/reduce_sum.hpp>
#include <xtape/ops/tanh.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

struct Model {
    Linear inner;
    Linear outer;

    explicit Model(Random random) : inner(4, 8, random), outer(8, 1, random) {}
    Variable operator()(std::size_t share) const {
        const Variable x(random_array({16, 4}, share + 1));
        return reduce_sum(square_of(outer(tanh(inner(x)))));
    }
    Parameters parameters() const {
        return Parameters().add("inner", inner.parameters()).add("outer", outer.parameters());
    }
    static Variable square_of(const Variable& x) { return x * x; }
};

bool same_bits(const std::vector<Variable>& a, const std::vector<Variable>& b) {
    bool same = a.size() == b.size();
    for (std::size_t i = 0; same && i < a.size(); ++i) {
        same = xtape::same_bits(a[i].value(), b[i].value());
    }
    return same;
}

}  // namespace

TEST_SUITE("data_parallel_gradients") {
    TEST_CASE("sums what the shares give") {
        Workers workers(2);
        const Variable x(Array{1, 2});
        const Variable unused(Array{7});
        const auto [losses, gradients] = data_parallel_gradients(
            workers, 3, {x, unused},
            [&](std::size_t share) { return reduce_sum(scale(x, static_cast<Real>(share + 1))); });
        CHECK(losses == std::vector<Real>{3, 6, 9});
        CHECK(gradients[0].value() == Array{6, 6});
        CHECK(gradients[1].value() == Array{0});
    }
    TEST_CASE("takes parameters without elements") {
        Workers workers(2);
        const Variable empty(Array::from_shape({0, 3}));
        const auto [losses, gradients] = data_parallel_gradients(
            workers, 2, {empty}, [&](std::size_t) { return reduce_sum(empty); });
        CHECK(losses == std::vector<Real>{0, 0});
        CHECK(gradients[0].shape() == Shape{0, 3});
    }
    TEST_CASE("gives the bits of the serial sum, every time and with any number of threads") {
        const Model model(Random(1));
        std::vector<Variable> serial;
        for (std::size_t share = 0; share < 4; ++share) {
            Tape tape;
            const auto g = tape.gradients(model(share), model.parameters());
            for (std::size_t p = 0; p < g.size(); ++p) {
                if (share == 0) {
                    serial.push_back(g[p]);
                } else {
                    serial[p] = plus(serial[p], g[p]);
                }
            }
        }
        for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
            Workers workers(threads);
            for (int time = 0; time < 20; ++time) {
                const auto result = data_parallel_gradients(
                    workers, 4, model.parameters(), [&](std::size_t i) { return model(i); });
                REQUIRE(same_bits(result.gradients, serial));
            }
        }
    }
    TEST_CASE("adds up the pieces of a share one after the other") {
        const Model model(Random(1));
        std::vector<std::vector<Variable>> by_share(2);
        for (std::size_t share = 0; share < 2; ++share) {
            for (std::size_t piece = 3 * share; piece < 3 * share + 3; ++piece) {
                Tape tape;
                const Variable loss = model(piece);
                by_share[share] = piece % 3 == 0 ? tape.gradients(loss, model.parameters())
                                                 : tape.add_gradients(loss, model.parameters(),
                                                                      std::move(by_share[share]));
            }
        }
        for (std::size_t p = 0; p < by_share[0].size(); ++p) {
            by_share[0][p] = plus(by_share[0][p], by_share[1][p]);
        }
        for (const std::size_t threads : {1u, 2u, 3u}) {
            Workers workers(threads);
            const auto result = data_parallel_gradients(workers, {2, 3}, model.parameters(),
                                                        [&](std::size_t i) { return model(i); });
            CHECK(same_bits(result.gradients, by_share[0]));
            CHECK(result.losses.size() == 6);
            CHECK(result.losses[4] == model(4).item());
        }
    }
    TEST_CASE("gives gradients that nobody shares") {
        Workers workers(2);
        const Variable x(Array{1, 2});
        const auto result =
            data_parallel_gradients(workers, 1, {x}, [&](std::size_t) { return reduce_sum(x); });
        CHECK(result.gradients[0].is_unique());
    }
    TEST_CASE("throws what a share throws, and works again") {
        Workers workers(2);
        const Variable x(Array{1, 2});
        const auto loss = [&](std::size_t share) {
            return share == 1 ? reduce_sum(x + Variable(Array{1, 2, 3})) : reduce_sum(x);
        };
        CHECK_THROWS_AS(data_parallel_gradients(workers, 2, {x}, loss), ShapeError);
        CHECK_FALSE(is_recording());
        CHECK(data_parallel_gradients(workers, 1, {x}, loss).gradients[0].value() == Array{1, 1});
    }
    TEST_CASE("refuses to run while a tape records, and for nothing") {
        Workers workers(2);
        const Variable x(Array{1, 2});
        const auto loss = [&](std::size_t) { return reduce_sum(x); };
        CHECK_THROWS_WITH_AS(data_parallel_gradients(workers, 0, {x}, loss),
                             "data_parallel_gradients: there are 0 shares; at least 1 is needed",
                             ValueError);
        CHECK_THROWS_WITH_AS(
            data_parallel_gradients(workers, {2, 0}, {x}, loss),
            "data_parallel_gradients: there are 2 shares of 0 pieces; at least 1 is needed",
            ValueError);
        Tape tape;
        CHECK_THROWS_AS(data_parallel_gradients(workers, 2, {x}, loss), TapeError);
    }
}
