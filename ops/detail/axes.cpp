#include <xtape/ops/detail/axes.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>

namespace xtape {

std::size_t normalise_axis(const char* op, std::ptrdiff_t axis, const Shape& shape) {
    const auto rank = static_cast<std::ptrdiff_t>(shape.size());
    if (axis < -rank || axis >= rank) {
        throw AxisError(
            text(op, ": axis ", axis, " is outside [", -rank, ", ", rank, ") of shape ", shape));
    }
    return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

std::vector<std::size_t> normalise_axes(const char* op, const Axes& axes, const Shape& shape) {
    std::vector<std::size_t> result;
    for (const std::ptrdiff_t axis : axes) {
        result.push_back(normalise_axis(op, axis, shape));
    }
    std::sort(result.begin(), result.end());
    const auto twice = std::adjacent_find(result.begin(), result.end());
    if (twice != result.end()) {
        throw AxisError(text(op, ": axis ", *twice, " of shape ", shape, " is named twice in ",
                             axes, "; name each axis once"));
    }
    return result;
}

Around around(const Shape& shape, std::size_t axis, std::size_t count) {
    Around a{1, 1, 1};
    for (std::size_t k = 0; k < shape.size(); ++k) {
        (k < axis ? a.outer : k < axis + count ? a.extent : a.inner) *= shape[k];
    }
    return a;
}

}  // namespace xtape
