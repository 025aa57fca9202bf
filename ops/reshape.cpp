#include <xtape/ops/reshape.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/axes.hpp>

namespace xtape {

namespace {

/// Replaces the -1 in `wanted`, if there is one.
Shape complete(const std::vector<std::ptrdiff_t>& wanted, const Shape& from) {
    const Axes list(wanted.begin(), wanted.end());
    Shape shape(wanted.size(), 1);
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (wanted[k] < -1) {
            throw ValueError(text("reshape: extent ", wanted[k], " in ", list,
                                  "; extents are not negative, but for one -1"));
        }
        shape[k] = wanted[k] < 0 ? 1 : static_cast<std::size_t>(wanted[k]);
    }
    const auto open = std::count(wanted.begin(), wanted.end(), -1);
    const std::size_t known = element_count(shape);
    if (open > 1 || (open == 1 && known == 0)) {
        throw ValueError(text("reshape: shape ", from, " to ", list,
                              " leaves the -1 undetermined; only one extent can be inferred, and "
                              "none beside a 0"));
    }
    if (open == 1) {
        const auto at = std::find(wanted.begin(), wanted.end(), -1) - wanted.begin();
        shape[static_cast<std::size_t>(at)] = element_count(from) / known;
    }
    return shape;
}

}  // namespace

// The numbers stay where they are, so each gradient does too: dL/dx = g in the shape of x.
Variable reshape(Variable x, const Shape& shape) {
    if (element_count(shape) != x.value().size()) {
        throw ShapeError(text("reshape: shape ", x.shape(), " has ", x.value().size(),
                              " elements and ", shape, " ", element_count(shape),
                              "; they must be equal"));
    }
    if (x.shape() == shape) {
        return x;
    }
    Input to_x{x, [from = x.shape()](Variable g) { return reshape(std::move(g), from); }};
    Array y = reuse_or_copy(x);
    y.reshape(shape);
    return record("Reshape", std::move(y), std::move(to_x));
}

Variable reshape(Variable x, std::initializer_list<std::ptrdiff_t> shape) {
    const Shape full = complete(shape, x.shape());
    return reshape(std::move(x), full);
}

Variable unsqueeze(Variable x, std::ptrdiff_t axis) {
    Shape shape = x.shape();
    shape.push_back(1);
    const std::size_t k = normalise_axis("unsqueeze", axis, shape);
    std::rotate(shape.begin() + static_cast<std::ptrdiff_t>(k), shape.end() - 1, shape.end());
    return reshape(std::move(x), shape);
}

Variable squeeze(Variable x, std::ptrdiff_t axis) {
    const std::size_t k = normalise_axis("squeeze", axis, x.shape());
    if (x.shape()[k] != 1) {
        throw ShapeError(text("squeeze: axis ", axis, " of shape ", x.shape(), " has extent ",
                              x.shape()[k], "; only an extent of 1 can go"));
    }
    Shape shape = x.shape();
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(k),
                shape.begin() + static_cast<std::ptrdiff_t>(k) + 1);
    return reshape(std::move(x), shape);
}

}  // namespace xtape
