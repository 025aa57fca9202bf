#include <algorithm>

#include <xtape/ops/ops.hpp>

#include "tests/dual/definitions.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

namespace {

Call draft_broadcast_to(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 3));
    const Shape shape = common_shape(broadcasting_with(d.shape(x)).draw(d.choices), d.shape(x));
    return Draft::call(
        {x}, [=](auto in) { return broadcast_to(std::move(in[0]), shape); },
        text("broadcast_to(#", x, ", ", shape, ")"));
}

Call draft_sum_to(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    const Shape shape = broadcasting_to(d.shape(x)).draw(d.choices);
    return Draft::call(
        {x}, [=](auto in) { return sum_to(std::move(in[0]), shape); },
        text("sum_to(#", x, ", ", shape, ")"));
}

/// Two neighbours merged, or the order of extents reversed.
Call draft_reshape(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    Shape shape = d.shape(x);
    std::reverse(shape.begin(), shape.end());
    if (shape.size() > 1 && d.choices.coin()) {
        shape[1] *= shape[0];
        shape.erase(shape.begin());
    }
    return Draft::call(
        {x}, [=](auto in) { return reshape(std::move(in[0]), shape); },
        text("reshape(#", x, ", ", shape, ")"));
}

Call draft_reshape_with_rest(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::size_t extent = d.shape(x)[d.choices.below(d.shape(x).size())];
    Draft::require(extent > 0);
    const auto named = static_cast<std::ptrdiff_t>(extent);
    return Draft::call(
        {x},
        [=](auto in) {
            return reshape(std::move(in[0]), {named, -1});
        },
        text("reshape(#", x, ", {", named, ", -1})"));
}

Call draft_unsqueeze(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 3));
    const auto rank = static_cast<std::ptrdiff_t>(d.shape(x).size());
    const std::ptrdiff_t axis = d.choices.between(-rank - 1, rank);
    return Draft::call(
        {x}, [=](auto in) { return unsqueeze(std::move(in[0]), axis); },
        text("unsqueeze(#", x, ", ", axis, ")"));
}

Call draft_squeeze(Draft& d) {
    const Form form{[](const Shape& s) { return std::count(s.begin(), s.end(), 1u) > 0; },
                    [](Choices& choices) {
                        Shape s = draw_shape(choices, 1 + choices.below(4));
                        s[choices.below(s.size())] = 1;
                        return s;
                    }};
    const std::size_t x = d.operand(form);
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    Draft::require(d.shape(x)[from_front(axis, d.shape(x).size())] == 1);
    return Draft::call(
        {x}, [=](auto in) { return squeeze(std::move(in[0]), axis); },
        text("squeeze(#", x, ", ", axis, ")"));
}

Call draft_permute(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    const auto rank = static_cast<std::ptrdiff_t>(d.shape(x).size());
    Axes axes;
    for (std::ptrdiff_t k = 0; k < rank; ++k) {
        axes.insert(axes.begin() + d.choices.between(0, k), d.choices.coin() ? k : k - rank);
    }
    return Draft::call(
        {x}, [=](auto in) { return permute(in[0], axes); }, text("permute(#", x, ", ", axes, ")"));
}

Call draft_transpose(Draft& d) {
    const std::size_t x = d.operand(of_rank(2, 4));
    const std::ptrdiff_t one = d.axis(d.shape(x));
    const std::ptrdiff_t other = d.axis(d.shape(x));
    return Draft::call(
        {x}, [=](auto in) { return transpose(in[0], one, other); },
        text("transpose(#", x, ", ", one, ", ", other, ")"));
}

Call draft_flip(Draft& d) {
    const std::size_t x = d.operand(of_rank(0, 4));
    const Axes axes = d.axes(d.shape(x));
    return Draft::call(
        {x}, [=](auto in) { return flip(std::move(in[0]), axes); },
        text("flip(#", x, ", ", axes, ")"));
}

Call draft_slice(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    const std::ptrdiff_t start = d.choices.between(-5, 5);
    const std::optional<std::ptrdiff_t> stop =
        d.choices.coin() ? std::optional<std::ptrdiff_t>() : d.choices.between(-5, 5);
    const std::ptrdiff_t step = d.choices.between(1, 3);
    return Draft::call(
        {x}, [=](auto in) { return slice(in[0], axis, start, stop, step); },
        text("slice(#", x, ", ", axis, ", ", start, ", ",
             stop ? std::to_string(*stop) : "to the end", ", ", step, ")"));
}

Call draft_pad(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    const std::ptrdiff_t before = d.choices.between(0, 2);
    const std::ptrdiff_t after = d.choices.between(0, 2);
    return Draft::call(
        {x}, [=](auto in) { return pad(in[0], axis, before, after); },
        text("pad(#", x, ", ", axis, ", ", before, ", ", after, ")"));
}

Call draft_select(Draft& d) {
    const std::size_t x = d.operand(of_rank(1, 4));
    const std::ptrdiff_t axis = d.axis(d.shape(x));
    const std::size_t extent = d.shape(x)[from_front(axis, d.shape(x).size())];
    Draft::require(extent > 0);
    const auto n = static_cast<std::ptrdiff_t>(extent);
    const std::ptrdiff_t index = d.choices.between(-n, n - 1);
    return Draft::call(
        {x}, [=](auto in) { return select(in[0], axis, index); },
        text("select(#", x, ", ", axis, ", ", index, ")"));
}

/// Shapes that agree but for one axis.
Form neighbour_of(const Shape& shape, std::size_t axis) {
    const auto fits = [=](Shape s) {
        if (s.size() == shape.size()) {
            s[axis] = shape[axis];
        }
        return s == shape;
    };
    const auto draw = [=](Choices& choices) {
        Shape s = shape;
        s[axis] = choices.below(4);
        return s;
    };
    return {fits, draw};
}

Call draft_concat(Draft& d) {
    std::vector<std::size_t> parts{d.operand(of_rank(1, 4))};
    const Shape shape = d.shape(parts[0]);
    const std::ptrdiff_t axis = d.axis(shape);
    for (std::size_t k = d.choices.below(3); k > 0; --k) {
        const Form form = neighbour_of(shape, from_front(axis, shape.size()));
        parts.push_back(d.choices.one_in(4) ? parts[0] : d.operand(form));
    }
    std::string list;
    for (const std::size_t part : parts) {
        list += text("#", part, ", ");
    }
    return Draft::call(
        parts, [=](auto in) { return concat(in, axis); }, text("concat(", list, axis, ")"));
}

}  // namespace

std::vector<Row> place_rows() {
    return {
        {"broadcast_to", draft_broadcast_to},
        {"sum_to", draft_sum_to},
        {"reshape", draft_reshape},
        {"reshape", draft_reshape_with_rest},
        {"unsqueeze", draft_unsqueeze},
        {"squeeze", draft_squeeze},
        {"permute", draft_permute},
        {"transpose", draft_transpose},
        {"flip", draft_flip},
        {"slice", draft_slice},
        {"pad", draft_pad},
        {"select", draft_select},
        {"concat", draft_concat},
    };
}

}  // namespace xtape::dual
