#include <xtape/nn/parameters.hpp>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>

using namespace xtape;

namespace {

std::vector<std::string> names_of(const Parameters& parameters) {
    std::vector<std::string> names;
    for (const auto& [name, variable] : parameters) {
        names.push_back(name);
    }
    return names;
}

}  // namespace

TEST_SUITE("parameters") {
    using Names = std::vector<std::string>;
    const Variable a(Array{1, 2});
    const Variable b(Array{{1, 2, 3}});

    TEST_CASE("are listed in the order in which they are added") {
        const Parameters all = Parameters().add("z", a).add("a", b);
        CHECK(names_of(all) == Names{"z", "a"});
        CHECK(all.size() == 2);
        CHECK(all.element_count() == 5);
    }
    TEST_CASE("carry the names of the parts that they belong to") {
        const Parameters layer = Parameters().add("weight", a).add("bias", b);
        const Parameters model = Parameters()
                                     .add("encoder", Parameters().add("0", layer))
                                     .add("scale", Variable(Real(1)));
        CHECK(names_of(model) == Names{"encoder.0.weight", "encoder.0.bias", "scale"});
    }
    TEST_CASE("list a variable that is shared once") {
        const Parameters tied = Parameters().add("table", a).add("bias", b).add("output", a);
        CHECK(names_of(tied) == Names{"table", "bias"});
        CHECK(names_of(Parameters().add("all", tied).add("again", tied)) ==
              Names{"all.table", "all.bias"});
    }
    TEST_CASE("are found by name") {
        const Parameters all = Parameters().add("a", a).add("b", b);
        REQUIRE(all.find("b") != nullptr);
        CHECK(all.find("b")->id() == b.id());
        CHECK(all.find("c") == nullptr);
    }
    TEST_CASE("are what a tape takes gradients of") {
        const Variable x(Real(3));
        const Variable y(Real(5));
        const Parameters all = Parameters().add("x", x).add("y", y);
        Tape tape;
        const std::vector<Variable> g = tape.gradients(x * y, all);
        REQUIRE(g.size() == 2);
        CHECK(g[0].item() == 5);
        CHECK(g[1].item() == 3);
    }
    TEST_CASE("are numbered if nobody named them") {
        CHECK(names_of({a, b}) == Names{"0", "1"});
        CHECK(names_of(std::vector<Variable>{a, b}) == Names{"0", "1"});
        CHECK(names_of({}).empty());
    }
    TEST_CASE("refuse to call two variables by one name") {
        CHECK_THROWS_WITH_AS(Parameters().add("weight", a).add("weight", b),
                             "Parameters: two variables have the name \"weight\"; every name is "
                             "given once",
                             ValueError);
        const Parameters part = Parameters().add("b", b);
        CHECK_THROWS_AS(Parameters().add("a.b", a).add("a", part), ValueError);
    }
}
