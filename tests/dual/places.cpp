#include <algorithm>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

Shape with_extent(Shape shape, std::size_t axis, std::size_t extent) {
    shape[axis] = extent;
    return shape;
}

/// A bound of a slice as a place: counted from the end if negative, and not beyond an end.
std::size_t bound(std::ptrdiff_t at, std::size_t extent) {
    const auto n = static_cast<std::ptrdiff_t>(extent);
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at < 0 ? at + n : at, 0, n));
}

}  // namespace

DualArray broadcast_to(const DualArray& x, const Shape& shape) {
    return made(shape, [&](const Place& place) { return x[before_broadcasting(place, x.shape)]; });
}

DualArray sum_to(const DualArray& x, const Shape& shape) {
    DualArray y = zeros(shape);
    for_all_places(x.shape, [&](const Place& place) {
        Dual& sum = y[before_broadcasting(place, shape)];
        sum = sum + x[place];
    });
    return y;
}

DualArray reshape(const DualArray& x, const Shape& shape) {
    return {shape, x.numbers};
}

DualArray reshape(const DualArray& x, std::initializer_list<std::ptrdiff_t> shape) {
    std::size_t named = 1;
    for (const std::ptrdiff_t extent : shape) {
        named *= extent < 0 ? 1 : static_cast<std::size_t>(extent);
    }
    Shape full;
    for (const std::ptrdiff_t extent : shape) {
        full.push_back(extent < 0 ? x.numbers.size() / named : static_cast<std::size_t>(extent));
    }
    return reshape(x, full);
}

DualArray unsqueeze(const DualArray& x, std::ptrdiff_t axis) {
    const std::size_t k = from_front(axis, x.shape.size() + 1);
    Shape shape(x.shape.size() + 1, 1);
    std::copy_n(x.shape.begin(), k, shape.begin());
    std::copy(x.shape.begin() + static_cast<std::ptrdiff_t>(k), x.shape.end(),
              shape.begin() + static_cast<std::ptrdiff_t>(k) + 1);
    return reshape(x, shape);
}

DualArray squeeze(const DualArray& x, std::ptrdiff_t axis) {
    Shape shape = x.shape;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(from_front(axis, shape.size())));
    return reshape(x, shape);
}

DualArray permute(const DualArray& x, const Axes& axes) {
    Shape shape = x.shape;
    for (std::size_t k = 0; k < axes.size(); ++k) {
        shape[k] = x.shape[from_front(axes[k], axes.size())];
    }
    return made(shape, [&](const Place& place) {
        Place from = place;
        for (std::size_t k = 0; k < axes.size(); ++k) {
            from[from_front(axes[k], axes.size())] = place[k];
        }
        return x[from];
    });
}

DualArray transpose(const DualArray& x, std::ptrdiff_t axis0, std::ptrdiff_t axis1) {
    Axes axes;
    for (std::size_t k = 0; k < x.shape.size(); ++k) {
        axes.push_back(static_cast<std::ptrdiff_t>(k));
    }
    std::swap(axes[from_front(axis0, axes.size())], axes[from_front(axis1, axes.size())]);
    return permute(x, axes);
}

DualArray flip(const DualArray& x, const Axes& axes) {
    return made(x.shape, [&](Place place) {
        for (const std::ptrdiff_t axis : axes) {
            const std::size_t k = from_front(axis, place.size());
            place[k] = x.shape[k] - 1 - place[k];
        }
        return x[place];
    });
}

DualArray slice(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t start,
                std::optional<std::ptrdiff_t> stop, std::ptrdiff_t step) {
    const std::size_t k = from_front(axis, x.shape.size());
    const std::size_t first = bound(start, x.shape[k]);
    const std::size_t last = stop ? bound(*stop, x.shape[k]) : x.shape[k];
    const auto stride = static_cast<std::size_t>(step);
    std::size_t extent = 0;
    for (std::size_t i = first; i < last; i += stride) {
        ++extent;
    }
    return made(with_extent(x.shape, k, extent), [&](Place place) {
        place[k] = first + place[k] * stride;
        return x[place];
    });
}

DualArray pad(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t before,
              std::ptrdiff_t after) {
    const std::size_t k = from_front(axis, x.shape.size());
    const auto offset = static_cast<std::size_t>(before);
    const std::size_t extent = x.shape[k] + offset + static_cast<std::size_t>(after);
    DualArray y = zeros(with_extent(x.shape, k, extent));
    for_all_places(x.shape, [&](Place place) {
        const Dual& number = x[place];
        place[k] += offset;
        y[place] = number;
    });
    return y;
}

DualArray select(const DualArray& x, std::ptrdiff_t axis, std::ptrdiff_t index) {
    const std::size_t k = from_front(axis, x.shape.size());
    const auto at = static_cast<std::ptrdiff_t>(from_front(index, x.shape[k]));
    return squeeze(slice(x, axis, at, at + 1), axis);
}

DualArray concat(const std::vector<DualArray>& parts, std::ptrdiff_t axis) {
    const std::size_t k = from_front(axis, parts[0].shape.size());
    std::size_t extent = 0;
    for (const DualArray& part : parts) {
        extent += part.shape[k];
    }
    return made(with_extent(parts[0].shape, k, extent), [&](Place place) {
        auto part = parts.begin();
        for (; place[k] >= part->shape[k]; ++part) {
            place[k] -= part->shape[k];
        }
        return (*part)[place];
    });
}

}  // namespace xtape::dual
