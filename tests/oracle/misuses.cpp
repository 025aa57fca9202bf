#include "misuses.hpp"

#include <type_traits>

#include <xtape/xtape.hpp>

namespace oracle {

using namespace xtape;

namespace {

/// Reals of our own precision are distributions over the classes.
using OtherReal = std::conditional_t<std::is_same_v<Real, double>, float, double>;

template <class... Extents>
Variable zeros(Extents... extents) {
    return Variable(Array(Shape{static_cast<std::size_t>(extents)...}, 0));
}

/// The variable of the calls below: a matrix.
const Variable x = zeros(5, 4);

/// One index for each row of x, or a single one.
Index column(std::int64_t k) {
    return Index(Index::shape_type{5, 1}, k);
}
Index single(std::int64_t k) {
    return Index(Index::shape_type{1}, k);
}

const Mask square_mask(Mask::shape_type{5, 5}, true);
const Shape too_large = {6, 4};
const Axes missing = {2};
const Axes one_of_two = {0};
const Axes repeated = {0, 0};
const Axes repeated_from_the_end = {0, -2};

void read_twice() {
    Tape tape;
    const Variable loss = reduce_sum(square(x));
    tape.gradients(loss, {x});
    tape.gradients(loss, {x});
}

void read_from_a_matrix() {
    Tape tape;
    tape.gradients(square(x), {x});
}

void read_with_a_cotangent_of_another_shape() {
    Tape tape;
    tape.gradients(square(x), zeros(5, 5), {x});
}

void read_what_is_not_recorded() {
    const Variable loss = reduce_sum(square(x));
    Tape tape;
    tape.gradients(loss, {x});
}

void assign_while_recording() {
    Variable weights = zeros(5, 4);
    Tape tape;
    const Variable loss = reduce_sum(square(weights));
    weights.assign(Array(Shape{5, 4}, 1));
}

void join_rows_of_two_widths() {
    concat({x, zeros(5, 5)}, 0);
}

void reshape_to_two_unknowns() {
    reshape(x, {-1, -1});
}

void reshape_nothing_to_an_unknown() {
    reshape(zeros(0), {0, -1});
}

template <class T, class = void>
struct IsTarget : std::false_type {};
template <class T>
struct IsTarget<T, std::void_t<decltype(std::declval<const LabelSmoothedCrossEntropy&>()(
                       x, std::declval<const xt::xarray<T>&>()))>> : std::true_type {};

template <class T, class = void>
struct IsMask : std::false_type {};
template <class T>
struct IsMask<T, std::void_t<decltype(masked_fill(x, std::declval<const xt::xarray<T>&>(), 0))>>
    : std::true_type {};

template <class T, class = void>
struct IsTokens : std::false_type {};
template <class T>
struct IsTokens<T, std::void_t<decltype(embedding(x, std::declval<const xt::xarray<T>&>()))>>
    : std::true_type {};

}  // namespace

const std::map<std::string, Misuse> misuses = {
    {"backward-no-grad", read_what_is_not_recorded},
    {"backward-nonscalar", read_from_a_matrix},
    {"backward-seed-shape", read_with_a_cotangent_of_another_shape},
    {"backward-twice", read_twice},
    {"inplace-on-leaf", assign_while_recording},
    {"inplace-on-saved-value", assign_while_recording},
    {"add-not-broadcastable", [] { x + zeros(5); }},
    {"cat-empty-list", [] { concat({}, 0); }},
    {"cat-shape", join_rows_of_two_widths},
    {"embedding-negative", [] { embedding(x, single(-1)); }},
    {"embedding-oob", [] { embedding(x, single(5)); }},
    {"gather-dim-minus3", [] { gather(x, -3, column(0)); }},
    {"gather-dim-out-of-range", [] { gather(x, 2, column(0)); }},
    {"gather-index-rank", [] { gather(x, 1, single(0)); }},
    {"gather-oob", [] { gather(x, 1, column(4)); }},
    {"layer_norm-shape", [] { layer_norm(x, zeros(5), zeros(5)); }},
    {"masked_fill-mask-not-broadcastable", [] { masked_fill(x, square_mask, 0); }},
    {"matmul-0d", [] { matmul(zeros(), x); }},
    {"matmul-batch-mismatch", [] { matmul(zeros(2, 5, 4), zeros(3, 4, 5)); }},
    {"matmul-inner-mismatch", [] { matmul(x, zeros(5, 2)); }},
    {"max-of-empty-dim", [] { max(zeros(5, 0), 1); }},
    {"permute-repeat", [] { permute(x, repeated); }},
    {"permute-short", [] { permute(x, one_of_two); }},
    {"reshape-size", [] { reshape(x, too_large); }},
    {"reshape-two-minus1", reshape_to_two_unknowns},
    {"reshape-zero-minus1", reshape_nothing_to_an_unknown},
    {"sum-dim-out-of-range", [] { reduce_sum(x, missing); }},
    {"sum-dim-twice", [] { reduce_sum(x, repeated); }},
    {"sum-dim-twice-negative", [] { reduce_sum(x, repeated_from_the_end); }},
};

const std::map<std::string, std::string> impossible = {
    {"masked_fill_-mask-higher-rank", "no operator works in place"},
    {"mixed-dtype-matmul", "all variables of a program have one element type"},
};

const std::map<std::string, bool> refused_types = {
    {"target-int32", !IsTarget<std::int32_t>::value},
    {"target-float", !IsTarget<OtherReal>::value},
    {"target-bool", !IsTarget<bool>::value},
    {"masked_fill-mask-int", !IsMask<std::int32_t>::value},
    {"embedding-float-index", !IsTokens<double>::value},
};

}  // namespace oracle
