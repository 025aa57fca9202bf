#include <xtape/losses/detail/live_rows.hpp>

#include <algorithm>

#include <xtape/ops/embedding.hpp>
#include <xtape/ops/gather.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

Index places_without_padding(const Alignment& aligned) {
    Index rows = Index::from_shape({aligned.count});
    for (std::size_t i = 0, n = 0; i < aligned.pad.size(); ++i) {
        if (!aligned.pad.data()[i]) {
            rows.data()[n++] = static_cast<std::int64_t>(i);
        }
    }
    return rows;
}

namespace {

/// Rows of `width` numbers, as an array of `shape`.
template <class Target>
Target taken(const Target& target, const Index& rows, std::size_t width, const Shape& shape) {
    Target live = Target::from_shape(shape);
    for (std::size_t n = 0; n < rows.size(); ++n) {
        std::copy_n(target.data() + static_cast<std::size_t>(rows.data()[n]) * width, width,
                    live.data() + n * width);
    }
    return live;
}

template <class Target>
LiveRows<Target> split(const Variable& logits, const Target& target, const Alignment& aligned,
                       std::size_t width, const Shape& shape) {
    if (!aligned.has_padding()) {
        return {logits, target, {Index(), aligned.tokens, true}};
    }
    const Index rows = places_without_padding(aligned);
    const Variable matrix = reshape(logits, Shape{aligned.pad.size(), logits.shape().back()});
    return {
        embedding(matrix, rows), taken(target, rows, width, shape), {rows, aligned.tokens, false}};
}

}  // namespace

LiveRows<Index> live_rows(const Variable& logits, const Index& target, const Alignment& aligned) {
    return split(logits, target, aligned, 1, {aligned.count});
}

LiveRows<Array> live_rows(const Variable& logits, const Array& distribution,
                          const Alignment& aligned) {
    const std::size_t classes = logits.shape().back();
    return split(logits, distribution, aligned, classes, {aligned.count, classes});
}

Variable RowsOfTokens::among_all(const Variable& loss, Reduction reduction) const {
    if (are_all || reduction != Reduction::none) {
        return loss;
    }
    return reshape(scatter_add(loss, 0, rows, {element_count(tokens)}), tokens);
}

}  // namespace xtape
