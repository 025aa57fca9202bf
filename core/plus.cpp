#include <xtape/core/plus.hpp>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

// y = a + b, so dL/da = g and dL/db = g.
Variable plus(Variable a, Variable b) {
    if (a.shape() != b.shape()) {
        throw ShapeError(text("add: shapes ", a.shape(), " and ", b.shape(), " differ"));
    }
    if (!a.is_unique()) {
        std::swap(a, b);  // a sum may overwrite either operand
    }
    Input to_a{a, [](Variable g) { return g; }};
    Input to_b{b, [](Variable g) { return g; }};
    Array y = reuse_or_copy(a);
    map(
        y, [](auto p, auto q) { return p + q; }, y, b.value());
    return record("Add", std::move(y), std::move(to_a), std::move(to_b));
}

}  // namespace xtape
