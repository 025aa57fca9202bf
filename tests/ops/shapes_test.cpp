#include <functional>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>
#include <xtape/ops/ops.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

namespace {

using Operator = std::function<Variable(const Variable&)>;

struct Named {
    const char* name;
    Operator f;
};

const Named elementwise[] = {
    {"-x", [](const Variable& x) { return -x; }},
    {"scale", [](const Variable& x) { return scale(x, 3); }},
    {"shift", [](const Variable& x) { return shift(x, 3); }},
    {"exp", [](const Variable& x) { return exp(x); }},
    {"log", [](const Variable& x) { return log(x); }},
    {"log1p", [](const Variable& x) { return log1p(x); }},
    {"square", [](const Variable& x) { return square(x); }},
    {"sqrt", [](const Variable& x) { return sqrt(x); }},
    {"rsqrt", [](const Variable& x) { return rsqrt(x); }},
    {"reciprocal", [](const Variable& x) { return reciprocal(x); }},
    {"pow", [](const Variable& x) { return pow(x, 3); }},
    {"sin", [](const Variable& x) { return sin(x); }},
    {"cos", [](const Variable& x) { return cos(x); }},
    {"tanh", [](const Variable& x) { return tanh(x); }},
    {"sigmoid", [](const Variable& x) { return sigmoid(x); }},
    {"softplus", [](const Variable& x) { return softplus(x); }},
    {"log_sigmoid", [](const Variable& x) { return log_sigmoid(x); }},
    {"erf", [](const Variable& x) { return erf(x); }},
    {"relu", [](const Variable& x) { return relu(x); }},
    {"leaky_relu", [](const Variable& x) { return leaky_relu(x); }},
    {"abs", [](const Variable& x) { return abs(x); }},
    {"clamp", [](const Variable& x) { return clamp(x, 0.7, 1.2); }},
    {"gelu", [](const Variable& x) { return gelu(x); }},
    {"gelu_tanh", [](const Variable& x) { return gelu_tanh(x); }},
    {"silu", [](const Variable& x) { return silu(x); }},
    {"x + x", [](const Variable& x) { return x + x; }},
    {"x - x", [](const Variable& x) { return x - x; }},
    {"x x", [](const Variable& x) { return x * x; }},
    {"x / x", [](const Variable& x) { return x / x; }},
    {"maximum", [](const Variable& x) { return maximum(x, Variable(Real(1))); }},
    {"masked_fill", [](const Variable& x) { return masked_fill(x, Mask(Shape{}, true), 2); }},
    {"where", [](const Variable& x) { return where(Mask(Shape{}, true), x, -x); }},
};

const Named of_rows[] = {
    {"softmax", [](const Variable& x) { return softmax(x, -1); }},
    {"log_softmax", [](const Variable& x) { return log_softmax(x, -1); }},
    {"logsumexp", [](const Variable& x) { return logsumexp(x, -1, true); }},
    {"layer_norm", [](const Variable& x) { return layer_norm(x, 1); }},
    {"norm", [](const Variable& x) { return norm(x, -1, true); }},
    {"product", [](const Variable& x) { return product(x, -1, true); }},
    {"variance", [](const Variable& x) { return variance(x, {-1}, false, true); }},
    {"reduce_sum", [](const Variable& x) { return reduce_sum(x, {-1}, keep_dims); }},
    {"mean", [](const Variable& x) { return mean(x, {-1}, keep_dims); }},
    {"amax", [](const Variable& x) { return amax(x, -1, true); }},
    {"max", [](const Variable& x) { return max(x, -1, true); }},
    {"flip", [](const Variable& x) { return flip(x, {-1}); }},
    {"slice", [](const Variable& x) { return slice(x, -1, 1, {}, 2); }},
    {"pad", [](const Variable& x) { return pad(x, -1, 1, 2); }},
    {"concat",
     [](const Variable& x) {
         return concat({x, x}, -1);
     }},
};

struct Result {
    Array value;
    Array gradient;
};

/// f(x) and the gradient of its sum.
Result run(const Operator& f, const Array& at) {
    const Variable x(at);
    Tape tape;
    const Variable y = f(x);
    return {y.value(), tape.gradients(y, Array(y.shape(), 1), {x})[0].value()};
}

/// The i-th row of `width` numbers.
Array row_of(const Array& x, std::size_t i, std::size_t width) {
    const Array flat = reshape(Variable(x), Shape{x.size() / width, width}).value();
    return select(Variable(flat), 0, static_cast<std::ptrdiff_t>(i)).value();
}

}  // namespace

TEST_SUITE("operators on any shape") {
    TEST_CASE("do to each element what they do to a single number") {
        for (const Named& op : elementwise) {
            CAPTURE(op.name);
            for (const Shape& shape : {Shape{}, Shape{0}, Shape{0, 3}, Shape{3, 0}, Shape{1},
                                       Shape{1, 1}, Shape{2, 1, 3, 1, 2}}) {
                const Array x = random_array(shape, 0.5, 1.5);
                const Result all = run(op.f, x);
                REQUIRE(all.value.shape() == shape);
                REQUIRE(all.gradient.shape() == shape);
                for (std::size_t i = 0; i < x.size(); ++i) {
                    const Result one = run(op.f, Array(Shape{}, x.data()[i]));
                    CHECK(all.value.data()[i] == doctest::Approx(one.value()).epsilon(1e-14));
                    CHECK(all.gradient.data()[i] == doctest::Approx(one.gradient()).epsilon(1e-14));
                }
            }
        }
    }
    TEST_CASE("do to each row what they do to one alone") {
        for (const Named& op : of_rows) {
            CAPTURE(op.name);
            for (const Shape& shape :
                 {Shape{3}, Shape{1, 3}, Shape{4, 1}, Shape{2, 3}, Shape{2, 1, 2, 1, 3}}) {
                const Array x = random_array(shape, 0.5, 1.5);
                const std::size_t width = shape.back();
                const Result all = run(op.f, x);
                REQUIRE(all.gradient.shape() == shape);
                for (std::size_t i = 0; i < x.size() / width; ++i) {
                    const Result one = run(op.f, row_of(x, i, width));
                    CHECK(close(row_of(all.gradient, i, width), one.gradient, 1e-14));
                    if (one.value.size() > 0) {
                        CHECK(close(row_of(all.value, i, one.value.size()), one.value, 1e-14));
                    }
                }
            }
        }
    }
    TEST_CASE("give empty gradients where there are no rows") {
        for (const Named& op : of_rows) {
            CAPTURE(op.name);
            for (const Shape& shape : {Shape{0, 3}, Shape{2, 0, 3}}) {
                const Result none = run(op.f, Array::from_shape(shape));
                CHECK(none.value.size() == 0);
                CHECK(none.gradient.shape() == shape);
            }
        }
    }
}
