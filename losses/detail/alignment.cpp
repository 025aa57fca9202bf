#include <xtape/losses/detail/alignment.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr const char* name = "label_smoothed_cross_entropy";

/// The shape of the tokens, if the target has it, with or without a trailing 1.
Shape token_shape(const Shape& target, const Shape& scores) {
    if (scores.size() == 0) {
        throw ShapeError(text(name,
                              ": the log-probabilities are a single number; they need a last "
                              "axis of classes"));
    }
    const Shape tokens(scores.begin(), scores.end() - 1);
    Shape column = tokens;
    column.push_back(1);
    if (target != tokens && target != column) {
        throw ShapeError(text(name, ": the target has shape ", target,
                              " and the log-probabilities ", scores, "; it must be ", tokens,
                              " or ", column));
    }
    return tokens;
}

}  // namespace

Alignment align(const Index& target, const Shape& scores,
                const std::optional<std::int64_t>& ignore_index) {
    const Shape tokens = token_shape(target.shape(), scores);
    const std::size_t classes = scores.back();
    Shape column = tokens;
    column.push_back(1);
    Alignment aligned{Index::from_shape(column), Mask::from_shape(column), tokens, 0};
    for (std::size_t i = 0; i < target.size(); ++i) {
        const std::int64_t k = target.data()[i];
        const bool is_pad = ignore_index && k == *ignore_index;
        if (!is_pad && (k < 0 || static_cast<std::uint64_t>(k) >= classes)) {
            throw IndexError(text(
                name, ": target ", k, " at ", place_of(i, target.shape()), " is outside [0, ",
                classes, ")",
                ignore_index ? text(" and is not the ignored ", *ignore_index) : std::string()));
        }
        aligned.index.data()[i] = is_pad ? 0 : k;
        aligned.pad.data()[i] = is_pad;
        aligned.count += is_pad ? 0 : 1;
    }
    return aligned;
}

LiveRows live_rows(const Alignment& aligned) {
    LiveRows live{Index::from_shape({aligned.count}), Index::from_shape({aligned.count})};
    for (std::size_t i = 0, n = 0; i < aligned.index.size(); ++i) {
        if (!aligned.pad.data()[i]) {
            live.rows.data()[n] = static_cast<std::int64_t>(i);
            live.target.data()[n] = aligned.index.data()[i];
            ++n;
        }
    }
    return live;
}

}  // namespace xtape
