#include <xtape/core/pullback.hpp>

#include <array>
#include <functional>
#include <memory>

#include <doctest/doctest.h>

using namespace xtape;

namespace {

const Variable one(Real(1));

/// A pullback with so many bytes of its own, and how many of it there are.
template <std::size_t bytes>
struct Counted {
    explicit Counted(int& so_many) : alive(&so_many) { ++*alive; }
    Counted(const Counted& other) : alive(other.alive) { ++*alive; }
    Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
    ~Counted() { --*alive; }

    Variable operator()(Variable g) const { return g; }

    int* alive;
    std::array<char, bytes> rest = {};
};

template <std::size_t bytes>
void check_life() {
    int alive = 0;
    {
        Pullback first = Counted<bytes>(alive);
        CHECK(alive == 1);
        Pullback second = std::move(first);
        CHECK(alive == 1);
        CHECK_FALSE(first);
        CHECK(second(one).id() == one.id());
        first = std::move(second);
        first = std::move(*&first);
        CHECK(alive == 1);
        second = Counted<bytes>(alive);
        CHECK(alive == 2);
        std::swap(first, second);
        first = Pullback();
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
}

}  // namespace

TEST_SUITE("pullback") {
    TEST_CASE("holds a function of any size as long as it lives") {
        check_life<1>();
        check_life<8>();
        check_life<9>();
        check_life<1000>();
    }
    TEST_CASE("takes what can be called with a gradient") {
        const std::function<Variable(const Variable&)> same = [](const Variable& g) { return g; };
        const Pullback pullback = same;
        CHECK(pullback(one).id() == one.id());
        const Pullback owner = [kept = std::make_unique<Real>(Real(3))](const Variable&) {
            return Variable(*kept);
        };
        CHECK(owner(one).item() == 3);
        CHECK_FALSE(std::is_constructible_v<Pullback, int>);
    }
    TEST_CASE("passes its gradient on without holding it") {
        const Pullback alone = [](Variable g) { return Variable(Real(g.is_unique() ? 1 : 0)); };
        CHECK(alone(Variable(Real(5))).item() == 1);
        CHECK(alone(one).item() == 0);
    }
    TEST_CASE("may add into a gradient that is there") {
        const Pullback alone = [](Variable g) { return g; };
        CHECK_FALSE(alone.can_add());
        CHECK_FALSE(Pullback().can_add());
        const Array more = {1, 2};
        const Pullback both = {[](Variable g) { return g; },
                               [more](Array& gradient, const Array& g) { gradient += g + more; }};
        CHECK(both.can_add());
        Array sum = {10, 10};
        both.add(sum, {100, 100});
        CHECK(sum == Array{111, 112});
    }
    TEST_CASE("has room for two variables") {
        CHECK(sizeof(Variable) == sizeof(void*));
        CHECK(sizeof(Pullback) == 3 * sizeof(void*));
    }
}
