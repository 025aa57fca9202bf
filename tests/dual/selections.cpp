#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

std::size_t entry(const Index& index, const Place& place) {
    return static_cast<std::size_t>(index.data()[flat(place, index.shape())]);
}

/// The row of the table, and the column, that `place` of a lookup shows.
Place looked_up(const Index& index, const Place& place) {
    return {entry(index, Place(place.begin(), place.end() - 1)), place.back()};
}

}  // namespace

DualArray gather(const DualArray& x, std::ptrdiff_t axis, const Index& index) {
    const std::size_t k = from_front(axis, x.shape.size());
    return made(index.shape(), [&](Place place) {
        place[k] = entry(index, place);
        return x[place];
    });
}

DualArray scatter_add(const DualArray& x, std::ptrdiff_t axis, const Index& index,
                      const Shape& shape) {
    const std::size_t k = from_front(axis, shape.size());
    DualArray y = zeros(shape);
    for_all_places(x.shape, [&](const Place& place) {
        Place to = place;
        to[k] = entry(index, place);
        y[to] = y[to] + x[place];
    });
    return y;
}

DualArray embedding(const DualArray& table, const Index& index,
                    std::optional<std::int64_t> padding_index) {
    Shape shape = index.shape();
    shape.push_back(table.shape[1]);
    return made(shape, [&](const Place& place) {
        const Place from = looked_up(index, place);
        const bool is_padding =
            padding_index && static_cast<std::int64_t>(from[0]) == *padding_index;
        return is_padding ? Dual(table[from].v, {}, {}, {}) : table[from];
    });
}

DualArray embedding_sum(const DualArray& x, const Index& index, std::size_t rows) {
    DualArray y = zeros({rows, x.shape.back()});
    for_all_places(x.shape, [&](const Place& place) {
        const Place to = looked_up(index, place);
        y[to] = y[to] + x[place];
    });
    return y;
}

}  // namespace xtape::dual
