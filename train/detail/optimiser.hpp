#pragma once

#include <xtape/core/detail/simd.hpp>
#include <xtape/nn/parameters.hpp>

// What all optimisers check, and how they write.

namespace xtape {

// Each throws ValueError "who: setting is value; ..." for a value outside its range.
void require_positive(const char* who, const char* setting, double value);
void require_not_negative(const char* who, const char* setting, double value);
void require_below_one(const char* who, const char* setting, double value);

/// Throws TapeError while a tape records, ShapeError unless there is one gradient of the right shape
/// for each parameter. After that no update can fail: a step is made wholly or not at all.
void require_gradients(const char* who, const Parameters& parameters,
                       const std::vector<Variable>& gradients);

/// A variable of zeros for each parameter.
std::vector<Variable> zeros_like(const Parameters& parameters);

/// x <- f(x, others...), element by element and in place, so that no memory is asked for.
template <class F, class... Others>
void update(Variable x, F f, const Others&... others) noexcept {
    Array& numbers = numbers_of(x);
    map(numbers, f, numbers, others...);
}

/// The same for three variables in one pass: f(x, y, z, g) changes x, y and z.
template <class F>
void update(Variable x, Variable y, Variable z, F f, const Array& g) noexcept {
    const std::size_t n = g.size();
    Real* const p = numbers_of(x).data();
    Real* const q = numbers_of(y).data();
    Real* const r = numbers_of(z).data();
    for (std::size_t i = 0; i < n; i += Batch::size) {
        const std::size_t count = std::min(n - i, Batch::size);
        Batch a = load_partial(p + i, count);
        Batch b = load_partial(q + i, count);
        Batch c = load_partial(r + i, count);
        f(a, b, c, load_partial(g.data() + i, count));
        store_partial(a, p + i, count);
        store_partial(b, q + i, count);
        store_partial(c, r + i, count);
    }
}

}  // namespace xtape
