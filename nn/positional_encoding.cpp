#include <xtape/nn/positional_encoding.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/ops/arithmetic.hpp>

namespace xtape {

namespace {

/// The waves at positions [first, first + count).
Array waves(std::size_t first, std::size_t count, std::size_t width) {
    Array y = Array::from_shape({count, width});
    for (std::size_t p = 0; p < count; ++p) {
        for (std::size_t j = 0; j < width; ++j) {
            const double exponent = static_cast<double>(j / 2 * 2) / static_cast<double>(width);
            const double angle = static_cast<double>(first + p) / std::pow(10000.0, exponent);
            y.data()[p * width + j] =
                static_cast<Real>(j % 2 == 0 ? std::sin(angle) : std::cos(angle));
        }
    }
    return y;
}

}  // namespace

PositionalEncoding::PositionalEncoding(std::size_t width, std::size_t table_length)
    : table(waves(0, table_length, width)) {}

Variable PositionalEncoding::operator()(Variable x, std::size_t first) const {
    const std::size_t rank = x.shape().size();
    const std::size_t width = table.shape()[1];
    if (rank < 2 || x.shape()[rank - 1] != width) {
        throw ShapeError(text("PositionalEncoding: shape ", x.shape(),
                              " is not a sequence of vectors; expected [..., T, ", width, "]"));
    }
    const std::size_t length = x.shape()[rank - 2];
    if (first + length > table.shape()[0]) {
        return std::move(x) + Variable(waves(first, length, width));
    }
    Array rows = Array::from_shape({length, width});
    std::copy_n(table.data() + first * width, length * width, rows.data());
    return std::move(x) + Variable(std::move(rows));
}

}  // namespace xtape
