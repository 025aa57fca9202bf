#include "tests/support/arrays.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include <xtape/core/random.hpp>

namespace xtape {

Array random_array(const Shape& shape, std::uint64_t seed) {
    return random_array(shape, -1, 1, seed);
}

Array random_array(const Shape& shape, double low, double high, std::uint64_t seed) {
    return Random(seed).uniform(shape, low, high);
}

namespace {

template <class Container, class T>
Container filled(const Shape& shape, std::initializer_list<T> numbers) {
    if (element_count(shape) != numbers.size()) {
        throw std::logic_error("array_of: the numbers do not fill the shape");
    }
    Container a = Container::from_shape(shape);
    std::copy(numbers.begin(), numbers.end(), a.data());
    return a;
}

}  // namespace

Array array_of(const Shape& shape, std::initializer_list<Real> numbers) {
    return filled<Array>(shape, numbers);
}

Index index_of(const Shape& shape, std::initializer_list<std::int64_t> numbers) {
    return filled<Index>(shape, numbers);
}

Mask mask_of(const Shape& shape, std::initializer_list<bool> flags) {
    return filled<Mask>(shape, flags);
}

Array with(Array x, const Mask& mask, Real value) {
    const std::size_t width = x.shape().back();
    for (std::size_t i = 0; i < x.size(); ++i) {
        x.data()[i] = mask.data()[i / width] ? value : x.data()[i];
    }
    return x;
}

double inner_product(const Array& a, const Array& b) {
    if (a.shape() != b.shape()) {
        throw std::logic_error("inner_product: shapes differ");
    }
    return std::inner_product(a.data(), a.data() + a.size(), b.data(), 0.0);
}

bool close(const Array& a, const Array& b, double tolerance) {
    if (a.shape() != b.shape()) {
        return false;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double p = double{a.data()[i]};
        const double q = double{b.data()[i]};
        const bool equal = p == q || (std::isnan(p) && std::isnan(q));
        if (!equal && !(std::abs(p - q) <= tolerance * std::max(1.0, std::abs(q)))) {
            return false;
        }
    }
    return true;
}

}  // namespace xtape
