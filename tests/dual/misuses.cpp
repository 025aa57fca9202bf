#include <xtape/ops/ops.hpp>

#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

using Operands = const std::vector<Variable>&;

/// A call of one operand of at least this rank that breaks a rule whatever its shape.
template <class Apply>
Row misuse(const char* what, std::size_t least_rank, Apply apply) {
    return {what, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(least_rank, 4));
                return Call{{x},
                            [=](Operands in) { return apply(in[0]); },
                            nullptr,
                            text("refuse ", what, " of #", x)};
            }};
}

Variable of_wrong_length(const Variable& x) {
    return Variable(Array({x.shape().back() + 7}, Real(1)));
}

Index only(std::int64_t entry, const Shape& shape) {
    return Index(Shape(shape.size(), 1), entry);
}

Call draft_add(Draft& d) {
    const std::size_t a = d.operand(of_rank(1, 4));
    const Shape shape = d.shape(a);
    const Form misfit{[&](const Shape& s) { return !broadcasts(s, shape); },
                      [&](Choices&) { return Shape{shape.back() + 7}; }};
    const std::size_t b = d.operand(misfit);
    return {
        {a, b}, [](Operands in) { return in[0] + in[1]; }, nullptr, text("refuse #", a, " + #", b)};
}

}  // namespace

const std::vector<Row>& misuses() {
    static const std::vector<Row> rows{
        {"operator+", draft_add},
        misuse("gather beyond the end", 1,
               [](const Variable& x) {
                   const auto extent = static_cast<std::int64_t>(x.shape()[0]);
                   return gather(x, 0, only(extent, x.shape()));
               }),
        misuse("gather before the start", 1,
               [](const Variable& x) { return gather(x, 0, only(-1, x.shape())); }),
        misuse("reduce_sum over an axis too many", 0,
               [](const Variable& x) {
                   return reduce_sum(x, {static_cast<std::ptrdiff_t>(x.shape().size())});
               }),
        misuse("reduce_sum over one axis twice", 1,
               [](const Variable& x) {
                   return reduce_sum(x, {0, 0});
               }),
        misuse("reshape to more numbers", 0,
               [](const Variable& x) { return reshape(x, Shape{x.value().size() + 1}); }),
        misuse("permute of axes named twice", 2,
               [](const Variable& x) { return permute(x, Axes(x.shape().size(), 0)); }),
        misuse("select beyond the end", 1,
               [](const Variable& x) {
                   return select(x, -1, static_cast<std::ptrdiff_t>(x.shape().back()));
               }),
        misuse("slice by steps of 0", 1, [](const Variable& x) { return slice(x, 0, 0, {}, 0); }),
        misuse("concat of other ranks", 1,
               [](const Variable& x) {
                   return concat({x, unsqueeze(x, 0)}, 0);
               }),
        misuse("matmul with another inner extent", 1,
               [](const Variable& x) { return matmul(x, of_wrong_length(x)); }),
        misuse("layer_norm with another row", 1,
               [](const Variable& x) {
                   return layer_norm(x, of_wrong_length(x), of_wrong_length(x));
               }),
        misuse("clamp to nothing", 0, [](const Variable& x) { return clamp(x, 1, -1); }),
        misuse("broadcast_to a smaller shape", 1,
               [](const Variable& x) { return broadcast_to(x, Shape{}); }),
        misuse("log_softmax along an axis that is not there", 0,
               [](const Variable& x) { return log_softmax(x, 9); }),
    };
    return rows;
}

}  // namespace xtape::dual
