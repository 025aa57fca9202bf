#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

template <class List>
void put_list(std::ostream& out, const List& list, char open, char close) {
    const char* separator = "";
    out << open;
    for (const auto& item : list) {
        out << separator << item;
        separator = ", ";
    }
    out << close;
}

}  // namespace

void detail::put(std::ostream& out, const Shape& shape) {
    put_list(out, shape, '[', ']');
}

void detail::put(std::ostream& out, const Axes& axes) {
    put_list(out, axes, '{', '}');
}

Shape place_of(std::size_t flat, const Shape& shape) {
    Shape place = shape;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        place[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    return place;
}

}  // namespace xtape
