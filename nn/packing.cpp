#include <xtape/nn/packing.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

std::vector<std::size_t> token_counts(const Mask& padding) {
    if (padding.shape().size() != 2) {
        throw ShapeError(
            text("Packing: the padding mask has shape ", padding.shape(), "; expected [B, S]"));
    }
    const std::size_t length = padding.shape()[1];
    std::vector<std::size_t> counts(padding.shape()[0]);
    for (std::size_t b = 0; b < counts.size(); ++b) {
        const bool* const row = padding.data() + b * length;
        counts[b] = static_cast<std::size_t>(std::count(row, row + length, false));
    }
    return counts;
}

Index token_places(const Mask& padding, std::size_t count) {
    Index places = Index::from_shape({count});
    std::int64_t* next = places.data();
    for (std::size_t i = 0; i < padding.size(); ++i) {
        if (!padding.data()[i]) {
            *next++ = static_cast<std::int64_t>(i);
        }
    }
    return places;
}

}  // namespace

Packing::Packing(const Mask& padding)
    : batch_(padding.shape()),
      sequences_(token_counts(padding)),
      places_(token_places(padding, sequences_.rows())) {}

Variable Packing::pack(Variable x) const {
    const Shape shape = x.shape();
    if (shape.size() != 3 || shape[0] != batch_[0] || shape[1] != batch_[1]) {
        throw ShapeError(text("Packing: x has shape ", shape, " and the padding mask ", batch_,
                              "; expected [B, S, width] and [B, S]"));
    }
    const Variable rows = reshape(std::move(x), Shape{batch_[0] * batch_[1], shape[2]});
    return has_padding() ? embedding(rows, places_) : rows;
}

Variable Packing::unpack(const Variable& rows) const {
    const Shape& shape = rows.shape();
    if (shape.size() != 2 || shape[0] != sequences_.rows()) {
        throw ShapeError(text("Packing: rows of shape ", shape, " for ", sequences_.rows(),
                              " tokens; expected [", sequences_.rows(), ", width]"));
    }
    const Shape unpacked = {batch_[0], batch_[1], shape[1]};
    return reshape(has_padding() ? embedding_sum(rows, places_, batch_[0] * batch_[1]) : rows,
                   unpacked);
}

}  // namespace xtape
