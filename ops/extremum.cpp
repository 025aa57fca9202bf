#include <xtape/ops/extremum.hpp>

#include <cmath>
#include <limits>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/broadcast.hpp>
#include <xtape/ops/detail/axes.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/slope.hpp>
#include <xtape/ops/detail/sums.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/reshape.hpp>

// A largest element passes its gradient on to the elements that it is equal to; nothing else has
// moved it. How much goes to whom is a share w, constant on pieces:
//
//     dL/dx = w g,    and 0 where w = 0.

namespace xtape {

namespace {

Variable apply_shares(Variable g, Array shares) {
    const auto slope = [](Batch h, Batch w) { return select(w == 0, Batch(0), h * w); };
    return apply_slope("ExtremumShare", std::move(g), Variable(std::move(shares)), slope);
}

// Whether p is beaten by q. Comparisons with nan are false.
struct Less {
    Batch::batch_bool_type operator()(Batch p, Batch q) const { return p < q; }
};
struct Greater {
    Batch::batch_bool_type operator()(Batch p, Batch q) const { return p > q; }
};

/// The way back to x, where its opponent was `other`: 0 where x is beaten, g/2 where both are
/// equal, g elsewhere.
template <class Beaten>
Input to_side(const Variable& x, const Variable& other, Beaten beaten) {
    const auto share = [beaten](Batch p, Batch q) {
        return select(beaten(p, q), Batch(0), select(p == q, Batch(Real(0.5)), Batch(1)));
    };
    const auto pullback = [x, other, share](Variable g) {
        Array shares = Array::from_shape(g.shape());
        broadcast_map(shares, x.value(), other.value(), share);
        return sum_to(apply_shares(std::move(g), std::move(shares)), x.shape());
    };
    return Input{x, pullback};
}

template <class Beaten>
Array winners(const char* op, const Array& a, const Array& b, Beaten beaten) {
    Array y = Array::from_shape(broadcast_shape(op, a.shape(), b.shape()));
    broadcast_map(y, a, b, [beaten](Batch p, Batch q) {
        return select(beaten(p, q) || xsimd::isnan(q), q, p);
    });
    return y;
}

/// The axis from the front. A maximum of nothing is not defined.
std::size_t occupied_axis(const char* op, std::ptrdiff_t axis, const Shape& shape) {
    const std::size_t k = normalise_axis(op, axis, shape);
    if (shape[k] == 0) {
        throw ValueError(
            text(op, ": axis ", axis, " of shape ", shape, " is empty; it needs an element"));
    }
    return k;
}

Shape with_one(Shape shape, std::size_t axis) {
    shape[axis] = 1;
    return shape;
}

Batch larger(Batch p, Batch q) {
    return select(p < q || xsimd::isnan(q), q, p);
}
Real larger(Real p, Real q) {
    return p < q || std::isnan(q) ? q : p;
}

/// y[..1..] = the largest x[..i..]
Array largest(const Array& x, std::size_t axis) {
    const auto pick = [](auto p, auto q) { return larger(p, q); };
    constexpr Real lowest = -std::numeric_limits<Real>::infinity();
    Array y(with_one(x.shape(), axis), lowest);
    const auto [outer, extent, inner] = around(x.shape(), axis);
    for (std::size_t i = 0; i < outer; ++i) {
        const Real* rows = x.data() + i * extent * inner;
        Real* out = y.data() + i * inner;
        if (inner == 1) {
            *out = fold(
                extent, lowest, pick, [](Batch v) { return v; }, rows);
            continue;
        }
        for (std::size_t j = 0; j < extent; ++j) {
            map(inner, out, pick, out, rows + j * inner);
        }
    }
    return y;
}

/// 1 over the number of largest elements at each of them, 0 elsewhere; all nan beside a nan.
Array shares_of_largest(const Array& x, const Array& y, std::size_t axis) {
    Array shares = Array::from_shape(x.shape());
    broadcast_map(shares, x, y, [](Batch v, Batch peak) {
        const Batch is_peak = select(v == peak, Batch(1), Batch(0));
        return select(xsimd::isnan(peak), peak, is_peak);
    });
    const Array count = sum_over(shares, {axis});
    broadcast_map(shares, shares, count, [](Batch v, Batch n) { return v / n; });
    return shares;
}

Index first_largest(const Array& x, std::size_t axis) {
    Index index = Index::from_shape(with_one(x.shape(), axis));
    const auto [outer, extent, inner] = around(x.shape(), axis);
    for (std::size_t i = 0; i < outer * inner; ++i) {
        const Real* at = x.data() + i / inner * extent * inner + i % inner;
        std::size_t first = 0;
        for (std::size_t j = 1; j < extent && !std::isnan(at[first * inner]); ++j) {
            const Real v = at[j * inner];
            first = v > at[first * inner] || std::isnan(v) ? j : first;
        }
        index.data()[i] = static_cast<std::int64_t>(first);
    }
    return index;
}

}  // namespace

// y = max(a, b): dL/da = 0 where a < b, g/2 where a = b, g where a > b; and the same for b.
Variable maximum(const Variable& a, const Variable& b) {
    Array y = winners("maximum", a.value(), b.value(), Less());
    return record("Maximum", std::move(y), to_side(a, b, Less()), to_side(b, a, Less()));
}

// y = min(a, b): dL/da = 0 where a > b, g/2 where a = b, g where a < b; and the same for b.
Variable minimum(const Variable& a, const Variable& b) {
    Array y = winners("minimum", a.value(), b.value(), Greater());
    return record("Minimum", std::move(y), to_side(a, b, Greater()), to_side(b, a, Greater()));
}

// y_i = max_j x_ij: dL/dx_ij = g_i / n_i where x_ij = y_i, n_i of them, and 0 elsewhere. If y_i is
// nan, nothing is equal to it, and dL/dx_ij = nan for every j.
Variable amax(const Variable& x, std::ptrdiff_t axis, bool keep) {
    const std::size_t k = occupied_axis("amax", axis, x.shape());
    const Variable y(largest(x.value(), k));
    const auto pullback = [x, y, k](Variable g) {
        return apply_shares(broadcast_to(std::move(g), x.shape()),
                            shares_of_largest(x.value(), y.value(), k));
    };
    const Variable kept = record({"Amax", {{"axis", axis}}}, y, Input{x, pullback});
    return keep ? kept : squeeze(kept, axis);
}

// y_i = x_ij for the first j with the largest x_ij, and then it is a gather like any other.
Variable max(const Variable& x, std::ptrdiff_t axis, bool keep) {
    const std::size_t k = occupied_axis("max", axis, x.shape());
    const Variable picked = gather(x, axis, first_largest(x.value(), k));
    return keep ? picked : squeeze(picked, axis);
}

Index argmax(const Variable& x, std::ptrdiff_t axis) {
    return first_largest(x.value(), occupied_axis("argmax", axis, x.shape()));
}

}  // namespace xtape
