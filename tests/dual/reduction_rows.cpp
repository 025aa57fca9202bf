#include <algorithm>

#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

/// An operator of an array and one of its axes, which may have to have an element.
template <class Apply>
Row along_axis(const char* name, const Domain& domain, std::size_t least, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(1, 4), domain);
                const std::ptrdiff_t axis = d.axis(d.shape(x));
                Draft::require(d.shape(x)[from_front(axis, d.shape(x).size())] >= least);
                const bool keep = d.choices.coin();
                return Draft::call(
                    {x}, [=](auto in) { return apply(in[0], axis, keep); },
                    text(name, "(#", x, ", ", axis, keep ? ", keep" : "", ")"));
            }};
}

/// How many numbers become one.
std::size_t terms(const Shape& shape, const Axes& axes) {
    std::size_t count = 1;
    for (const std::ptrdiff_t axis : axes) {
        count *= shape[from_front(axis, shape.size())];
    }
    return count;
}

template <class Apply>
Row along_axes(const char* name, std::size_t least, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(0, 4), {-30, 30});
                const Axes axes = d.axes(d.shape(x));
                Draft::require(terms(d.shape(x), axes) >= least);
                const bool keep = d.choices.coin();
                return Draft::call(
                    {x}, [=](auto in) { return apply(in[0], axes, keep); },
                    text(name, "(#", x, ", ", axes, keep ? ", keep" : "", ")"));
            }};
}

template <class Apply>
Row of_all(const char* name, std::size_t least, Apply apply) {
    return {name, [=](Draft& d) {
                const std::size_t x = d.operand(of_rank(0, 4));
                Draft::require(d.value(x).size() >= least);
                return Draft::call(
                    {x}, [=](auto in) { return apply(in[0]); }, text(name, "(#", x, ")"));
            }};
}

/// The largest along an axis must be clear of the second.
template <class Apply>
Row largest(const char* name, Apply apply) {
    const Row row = along_axis(name, {}, 1, apply);
    return {name, [=](Draft& d) {
                Call call = row.draft(d);
                const Array& x = d.value(call.operands[0]);
                for (std::size_t i = 0; i < x.size(); ++i) {
                    for (std::size_t j = 0; j < i; ++j) {
                        d.require_apart(x.data()[i], x.data()[j]);
                    }
                }
                return call;
            }};
}

/// Away from 0, where a length has a kink; or all 0.
Row norm_row() {
    const auto apply = [](auto x, auto axis, bool keep) { return norm(x, axis, keep); };
    const Row smooth = along_axis("norm", {-100, 100, 0.05}, 0, apply);
    const Row at_zero = along_axis("norm", {0, 0, 0, {0}}, 0, apply);
    return {"norm", [=](Draft& d) { return (d.choices.one_in(6) ? at_zero : smooth).draft(d); }};
}

Call draft_variance(Draft& d) {
    const bool unbiased = d.choices.coin();
    return along_axes("variance", unbiased ? 2 : 1,
                      [unbiased](auto x, const Axes& axes, bool keep) {
                          return variance(x, axes, unbiased, keep);
                      })
        .draft(d);
}

}  // namespace

std::vector<Row> reduction_rows() {
    return {
        of_all("reduce_sum", 0, [](auto x) { return reduce_sum(x); }),
        along_axes("reduce_sum", 0,
                   [](auto x, const Axes& axes, bool keep) { return reduce_sum(x, axes, keep); }),
        of_all("mean", 1, [](auto x) { return mean(x); }),
        along_axes("mean", 1,
                   [](auto x, const Axes& axes, bool keep) { return mean(x, axes, keep); }),
        {"variance", draft_variance},
        along_axis("product", {-5, 5}, 0,
                   [](auto x, auto axis, bool keep) { return product(x, axis, keep); }),
        norm_row(),
        largest("amax", [](auto x, auto axis, bool keep) { return amax(x, axis, keep); }),
        largest("max", [](auto x, auto axis, bool keep) { return max(x, axis, keep); }),
        along_axis("logsumexp", {}, 1,
                   [](auto x, auto axis, bool keep) { return logsumexp(x, axis, keep); }),
    };
}

}  // namespace xtape::dual
