#include <xtape/nn/masks.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/ops/masked_fill.hpp>

namespace xtape {

Mask padding_mask(const Index& tokens, std::int64_t padding) {
    Mask mask = Mask::from_shape(tokens.shape());
    std::transform(tokens.data(), tokens.data() + tokens.size(), mask.data(),
                   [padding](std::int64_t token) { return token == padding; });
    return mask;
}

Mask hide_padding(const Mask& padding) {
    if (padding.shape().size() != 2) {
        throw ShapeError(
            text("hide_padding: the mask has shape ", padding.shape(), "; expected [B, S]"));
    }
    Mask mask = padding;
    mask.reshape({padding.shape()[0], std::size_t{1}, std::size_t{1}, padding.shape()[1]});
    return mask;
}

Mask hide_future(std::size_t length) {
    Mask mask = Mask::from_shape({length, length});
    for (std::size_t t = 0; t < length; ++t) {
        bool* const row = mask.data() + t * length;
        std::fill(row, row + t + 1, false);
        std::fill(row + t + 1, row + length, true);
    }
    return mask;
}

bool marks_any(const Mask& mask) {
    const bool* const end = mask.data() + mask.size();
    return std::find(mask.data(), end, true) != end;
}

Variable without_padding(const Variable& x, Mask padding) {
    const Shape& shape = x.shape();
    if (shape.size() != 3 || padding.shape() != Shape{shape[0], shape[1]}) {
        throw ShapeError(text("without_padding: x has shape ", shape, " and the mask ",
                              padding.shape(), "; expected [B, T, width] and [B, T]"));
    }
    padding.reshape({shape[0], shape[1], std::size_t{1}});
    return masked_fill(x, std::move(padding), 0);
}

}  // namespace xtape
