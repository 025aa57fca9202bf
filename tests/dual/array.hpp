#pragma once

#include <functional>
#include <vector>

#include <xtape/core/array.hpp>

#include "tests/dual/dual.hpp"

namespace xtape::dual {

/// One number for each axis, outermost first.
using Place = Shape;

/// An array of dual numbers in row-major order.
struct DualArray {
    Shape shape;
    std::vector<Dual> numbers;

    Dual& operator[](const Place& place);
    const Dual& operator[](const Place& place) const;
};

/// y[place] = rule(place) for all places, in row-major order.
DualArray made(const Shape& shape, const std::function<Dual(const Place&)>& rule);

DualArray zeros(const Shape& shape);

/// Calls `visit` with all places of an array of this shape, in row-major order.
void for_all_places(const Shape& shape, const std::function<void(const Place&)>& visit);

/// Where the element that stands at `place` after broadcasting stands in an array of this shape.
Place before_broadcasting(const Place& place, const Shape& shape);
Shape common_shape(const Shape& a, const Shape& b);
bool broadcasts(const Shape& a, const Shape& b);

/// The row-major number of a place.
std::size_t flat(const Place& place, const Shape& shape);

/// An axis counted from the front. `rank` is that of the array.
std::size_t from_front(std::ptrdiff_t axis, std::size_t rank);

/// The numbers of x without derivatives, and along two directions.
DualArray constant(const Array& x);
DualArray along(const Array& x, const Array& a, const Array& b);

/// The values alone.
Array values_of(const DualArray& x);

}  // namespace xtape::dual
