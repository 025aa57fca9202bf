#include <xtape/ops/detail/sums.hpp>

#include <xtape/core/detail/simd.hpp>
#include <xtape/ops/detail/axes.hpp>

namespace xtape {

namespace {

/// y = sum of f(x...) over `rows` rows of length n. Halves are added up separately: one after the other,
/// a million floats would lose half of their digits.
template <class F, class... In>
void add_rows(std::size_t rows, std::size_t n, Real* y, F f, const In*... x) {
    constexpr std::size_t few = 32;
    if (rows > few) {
        const std::size_t half = rows / 2;
        Array second = Array::from_shape({n});
        add_rows(half, n, y, f, x...);
        add_rows(rows - half, n, second.data(), f, (x + half * n)...);
        const auto plus = [](Batch a, Batch b) { return a + b; };
        return map(n, y, plus, y, second.data());
    }
    map(n, y, f, x...);
    const auto add = [f](Batch sum, auto... v) { return sum + f(v...); };
    for (std::size_t i = 1; i < rows; ++i) {
        map(n, y, add, y, (x + i * n)...);
    }
}

/// [outer, extent, inner] -> [outer, inner]
void sum_middle(const Array& x, const Around& a, Array& y) {
    if (x.size() == 0) {
        y.fill(0);
        return;
    }
    for (std::size_t i = 0; i < a.outer; ++i) {
        const Real* rows = x.data() + i * a.extent * a.inner;
        if (a.inner == 1) {
            y.data()[i] = static_cast<Real>(sum(
                a.extent, [](Batch v) { return v; }, rows));
        } else {
            const auto itself = [](Batch v) { return v; };
            add_rows(a.extent, a.inner, y.data() + i * a.inner, itself, rows);
        }
    }
}

}  // namespace

Array sum_over(const Array& x, const std::vector<std::size_t>& axes) {
    if (axes.empty()) {
        return x;
    }
    Array y;
    const Array* terms = &x;
    for (std::size_t last = axes.size(); last > 0;) {
        std::size_t first = last - 1;  // neighbouring axes are summed at once
        while (first > 0 && axes[first - 1] + 1 == axes[first]) {
            --first;
        }
        Shape shape = terms->shape();
        const Around run = around(shape, axes[first], last - first);
        std::fill_n(shape.begin() + static_cast<std::ptrdiff_t>(axes[first]), last - first, 1);
        Array sums = Array::from_shape(shape);
        sum_middle(*terms, run, sums);
        y = std::move(sums);
        terms = &y;
        last = first;
    }
    return y;
}

Array sum_of_row_products(const Array& a, const Array& b, const Shape& row) {
    Array y = Array::from_shape(row);
    if (a.size() == 0) {
        y.fill(0);
        return y;
    }
    const auto product = [](Batch v, Batch w) { return v * w; };
    add_rows(a.size() / y.size(), y.size(), y.data(), product, a.data(), b.data());
    return y;
}

}  // namespace xtape
