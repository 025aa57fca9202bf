#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

template <class Apply>
Row binary(const char* name, const Domain& second, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t a = d.operand(of_rank(0, 4), {-30, 30});
                const bool same = second.gap == 0 && d.choices.one_in(8);
                const std::size_t b = same ? a : d.operand(broadcasting_with(d.shape(a)), second);
                return Draft::call({a, b}, apply, text(name, "(#", a, ", #", b, ")"));
            }};
}

/// An operator that takes one side or the other. No number may be near its opponent, unless it is
/// the same, and so ties exactly.
template <class Apply>
Row contest(const char* name, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t a = d.operand(of_rank(0, 4));
                const bool same = d.choices.one_in(8);
                const std::size_t b = same ? a : d.operand(broadcasting_with(d.shape(a)));
                const DualArray differences = constant(d.value(a)) - constant(d.value(b));
                for (const Dual& difference : differences.numbers) {
                    if (a != b) {
                        d.require_apart(difference.v.value, 0);
                    }
                }
                return Draft::call({a, b}, apply, text(name, "(#", a, ", #", b, ")"));
            }};
}

Mask draft_mask(Draft& d, const Shape& shape) {
    return d.mask(broadcasting_with(shape).draw(d.choices));
}

Call draft_masked_fill(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    const Mask mask = draft_mask(d, d.shape(x));
    const auto value = static_cast<Real>(d.choices.between(-2, 2));
    return Draft::call(
        {x}, [=](auto in) { return masked_fill(std::move(in[0]), mask, value); },
        text("masked_fill(#", x, ", mask ", mask.shape(), ", ", value, ")"));
}

Call draft_where(Draft& d) {
    const std::size_t a = d.operand(of_rank(0, 4));
    const std::size_t b = d.operand(broadcasting_with(d.shape(a)));
    const Mask mask = draft_mask(d, common_shape(d.shape(a), d.shape(b)));
    return Draft::call(
        {a, b}, [=](auto in) { return where(mask, std::move(in[0]), std::move(in[1])); },
        text("where(mask ", mask.shape(), ", #", a, ", #", b, ")"));
}

/// The axes of a factor in the order in which its form wants them.
Shape arranged(Shape shape, Operand form) {
    if (form == Operand::transposed && shape.size() > 1) {
        std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
    }
    return shape;
}

/// The extent k that a factor brings to the sum: on the left the last axis, on the right the last
/// but one.
std::size_t inner_extent(const Shape& shape, Operand form, bool is_left) {
    const Shape s = arranged(shape, form);
    return is_left || s.size() == 1 ? s.back() : s[s.size() - 2];
}

Shape batch_of(const Shape& shape) {
    return shape.size() < 2 ? Shape{} : Shape(shape.begin(), shape.end() - 2);
}

Form right_factor(const Shape& left, Operand of_left, Operand form) {
    const std::size_t k = inner_extent(left, of_left, true);
    const auto fits = [=](const Shape& s) {
        return !s.empty() && inner_extent(s, form, false) == k &&
               broadcasts(batch_of(left), batch_of(s)) &&
               element_count(s) * element_count(left) <= 400;
    };
    const auto draw = [=](Choices& choices) {
        if (choices.one_in(4)) {
            return Shape{k};
        }
        Shape s = broadcasting_with(batch_of(left)).draw(choices);
        s.push_back(k);
        s.push_back(choices.below(4));
        return arranged(s, form);
    };
    return {fits, draw};
}

Call draft_matmul(Draft& d) {
    const Operand of_a = d.choices.coin() ? Operand::transposed : Operand::plain;
    const Operand of_b = d.choices.coin() ? Operand::transposed : Operand::plain;
    const std::size_t a = d.operand(of_rank(1, 4), {-30, 30});
    const std::size_t b = d.operand(right_factor(d.shape(a), of_a, of_b), {-30, 30});
    return Draft::call(
        {a, b}, [=](auto in) { return matmul(in[0], in[1], of_a, of_b); },
        text("matmul(#", a, of_a == Operand::transposed ? "'" : "", ", #", b,
             of_b == Operand::transposed ? "'" : "", ")"));
}

Call draft_gru_gates(Draft& d) {
    const std::size_t h = d.operand(of_rank(1, 3), {-30, 30});
    Shape three = d.shape(h);
    three.back() *= 3;
    const std::size_t a = d.operand(of_shape(three), {-30, 30});
    const std::size_t b = d.choices.one_in(8) ? a : d.operand(of_shape(three), {-30, 30});
    return Draft::call(
        {a, b, h}, [](auto in) { return gru_gates(in[0], in[1], in[2]); },
        text("gru_gates(#", a, ", #", b, ", #", h, ")"));
}

}  // namespace

std::vector<Row> pairwise_rows() {
    return {
        binary("operator+", {}, [](auto x) { return std::move(x[0]) + std::move(x[1]); }),
        binary("operator-", {}, [](auto x) { return std::move(x[0]) - std::move(x[1]); }),
        binary("operator*", {-30, 30}, [](auto x) { return std::move(x[0]) * std::move(x[1]); }),
        binary("operator/", {-1e3, 1e3, 0.1},
               [](auto x) { return std::move(x[0]) / std::move(x[1]); }),
        contest("maximum", [](auto x) { return maximum(x[0], x[1]); }),
        contest("minimum", [](auto x) { return minimum(x[0], x[1]); }),
        {"gru_gates", draft_gru_gates},
        {"masked_fill", draft_masked_fill},
        {"where", draft_where},
        {"matmul", draft_matmul},
    };
}

}  // namespace xtape::dual
