#include "tests/dual/array.hpp"

#include <algorithm>

namespace xtape::dual {

Dual& DualArray::operator[](const Place& place) {
    return numbers.at(flat(place, shape));
}
const Dual& DualArray::operator[](const Place& place) const {
    return numbers.at(flat(place, shape));
}

std::size_t flat(const Place& place, const Shape& shape) {
    std::size_t number = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        number = number * shape[k] + place[k];
    }
    return number;
}

void for_all_places(const Shape& shape, const std::function<void(const Place&)>& visit) {
    const std::size_t count = element_count(shape);
    Place place(shape.size(), 0);
    for (std::size_t i = 0; i < count; ++i) {
        visit(place);
        for (std::size_t k = shape.size(); k-- > 0 && ++place[k] == shape[k];) {
            place[k] = 0;
        }
    }
}

DualArray made(const Shape& shape, const std::function<Dual(const Place&)>& rule) {
    DualArray y{shape, {}};
    for_all_places(shape, [&](const Place& place) { y.numbers.push_back(rule(place)); });
    return y;
}

DualArray zeros(const Shape& shape) {
    return made(shape, [](const Place&) { return Dual(0); });
}

Place before_broadcasting(const Place& place, const Shape& shape) {
    Place before(shape.size(), 0);
    const std::size_t skipped = place.size() - shape.size();
    for (std::size_t k = 0; k < shape.size(); ++k) {
        before[k] = shape[k] == 1 ? 0 : place[skipped + k];
    }
    return before;
}

Shape common_shape(const Shape& a, const Shape& b) {
    if (a.size() < b.size()) {
        return common_shape(b, a);
    }
    Shape both = a;
    const std::size_t skipped = a.size() - b.size();
    for (std::size_t k = 0; k < b.size(); ++k) {
        both[skipped + k] = a[skipped + k] == 1 ? b[k] : a[skipped + k];
    }
    return both;
}

bool broadcasts(const Shape& a, const Shape& b) {
    return std::equal(a.rbegin(),
                      a.rbegin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                      b.rbegin(), [](auto m, auto n) { return m == n || m == 1 || n == 1; });
}

std::size_t from_front(std::ptrdiff_t axis, std::size_t rank) {
    return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::ptrdiff_t>(rank) : axis);
}

DualArray constant(const Array& x) {
    DualArray y{x.shape(), {}};
    y.numbers.assign(x.data(), x.data() + x.size());
    return y;
}

DualArray along(const Array& x, const Array& a, const Array& b) {
    DualArray y = constant(x);
    for (std::size_t i = 0; i < y.numbers.size(); ++i) {
        y.numbers[i].a = exact(a.data()[i]);
        y.numbers[i].b = exact(b.data()[i]);
    }
    return y;
}

Array values_of(const DualArray& x) {
    Array y = Array::from_shape(x.shape);
    std::transform(x.numbers.begin(), x.numbers.end(), y.data(),
                   [](const Dual& d) { return static_cast<Real>(d.v.value); });
    return y;
}

}  // namespace xtape::dual
