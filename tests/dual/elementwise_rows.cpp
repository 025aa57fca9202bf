#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

template <class Apply>
Row unary(const char* name, const Domain& domain, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(0, 4), domain);
                return Draft::call({x}, apply, text(name, "(#", x, ")"));
            }};
}

/// An operator of an array and a number.
template <class Apply>
Row with_number(const char* name, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(0, 4));
                const Real c =
                    d.choices.one_in(8) ? 0 : static_cast<Real>(d.choices.uniform(-3, 3));
                const auto with_c = [=](auto in) { return apply(std::move(in[0]), c); };
                return Draft::call({x}, with_c, text(name, "(#", x, ", ", c, ")"));
            }};
}

Call draft_pow(Draft& d) {
    constexpr Real powers[] = {0, 1, 2, 3, -1, -2, 0.5, -1.5, 2.5};
    const Real p = powers[d.choices.below(9)];
    const bool is_whole = std::floor(p) == p;
    const Domain domain = p < 0      ? Domain{is_whole ? -10.0 : 0.3, 10, 0.3}
                          : is_whole ? Domain{-10, 10, 0, {0}}
                                     : Domain{0.05, 10};
    const std::size_t x = d.operand(of_rank(0, 4), domain);
    return Draft::call(
        {x}, [p](auto in) { return pow(in[0], p); }, text("pow(#", x, ", ", p, ")"));
}

Call draft_clamp(Draft& d) {
    const auto low = static_cast<Real>(d.choices.between(-2, 1));
    const Real high = low + static_cast<Real>(d.choices.below(3));
    const std::size_t x = d.operand(of_rank(0, 4), Domain{-1e3, 1e3, 0, {low, high}});
    return Draft::call(
        {x}, [=](auto in) { return clamp(in[0], low, high); },
        text("clamp(#", x, ", ", low, ", ", high, ")"));
}

Call draft_leaky_relu(Draft& d) {
    const auto slope = static_cast<Real>(d.choices.uniform(-1, 1));
    const std::size_t x = d.operand(of_rank(0, 4), Domain{-1e3, 1e3, 0, {0}});
    return Draft::call(
        {x}, [=](auto in) { return leaky_relu(in[0], slope); },
        text("leaky_relu(#", x, ", ", slope, ")"));
}

Call draft_dropout(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    const double p = d.choices.one_in(8) ? 0 : d.choices.uniform(0, 0.9);
    const std::uint64_t seed = d.choices.below(256);
    const auto replayed = [=](auto in) {
        Random random(seed);
        return dropout(std::move(in[0]), p, random);
    };
    return Draft::call({x}, replayed, text("dropout(#", x, ", ", p, ", seed ", seed, ")"));
}

}  // namespace

std::vector<Row> elementwise_rows() {
    const Domain all;
    const Domain kinked{-1e3, 1e3, 0, {0}};
    const Domain positive{0.05, 1e3};
    return {
        unary("operator-", all, [](auto x) { return -std::move(x[0]); }),
        with_number("scale", [](auto x, Real c) { return scale(std::move(x), c); }),
        with_number("shift", [](auto x, Real c) { return shift(std::move(x), c); }),
        unary("exp", {-30, 5}, [](auto x) { return exp(std::move(x[0])); }),
        unary("log", positive, [](auto x) { return log(x[0]); }),
        unary("log1p", {-0.95, 1e3}, [](auto x) { return log1p(x[0]); }),
        unary("square", {-30, 30}, [](auto x) { return square(x[0]); }),
        unary("sqrt", positive, [](auto x) { return sqrt(std::move(x[0])); }),
        unary("rsqrt", positive, [](auto x) { return rsqrt(std::move(x[0])); }),
        unary("reciprocal", {-1e3, 1e3, 0.1}, [](auto x) { return reciprocal(std::move(x[0])); }),
        {"pow", draft_pow},
        unary("sin", {-30, 30}, [](auto x) { return sin(x[0]); }),
        unary("cos", {-30, 30}, [](auto x) { return cos(x[0]); }),
        unary("tanh", all, [](auto x) { return tanh(std::move(x[0])); }),
        unary("sigmoid", all, [](auto x) { return sigmoid(std::move(x[0])); }),
        unary("softplus", all, [](auto x) { return softplus(x[0]); }),
        unary("log_sigmoid", all, [](auto x) { return log_sigmoid(x[0]); }),
        unary("erf", all, [](auto x) { return erf(x[0]); }),
        unary("gelu", all, [](auto x) { return gelu(x[0]); }),
        unary("gelu_tanh", {-10, 10}, [](auto x) { return gelu_tanh(x[0]); }),
        unary("silu", all, [](auto x) { return silu(x[0]); }),
        unary("relu", kinked, [](auto x) { return relu(std::move(x[0])); }),
        {"leaky_relu", draft_leaky_relu},
        unary("abs", kinked, [](auto x) { return abs(x[0]); }),
        {"clamp", draft_clamp},
        {"dropout", draft_dropout},
    };
}

}  // namespace xtape::dual
