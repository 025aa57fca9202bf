#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/gather.hpp>

using namespace xtape;

// What is not a mistake at run time because it does not compile. xtensor would convert all of it.

namespace {

template <template <class> class Call, class Argument, class = void>
struct Compiles : std::false_type {};
template <template <class> class Call, class Argument>
struct Compiles<Call, Argument, std::void_t<Call<Argument>>> : std::true_type {};

/// Whether a call, given by the type of what it returns, compiles with an argument of this type.
template <template <class> class Call, class Argument>
constexpr bool compiles = Compiles<Call, Argument>::value;

// Only their types are looked at.
using X = const Variable&;
using Labels = const Index&;
using LossOf = const LabelSmoothedCrossEntropy&;

template <class T>
using Gather = decltype(gather(std::declval<X>(), 0, std::declval<const T&>()));
template <class T>
using GatherFrom = decltype(gather(std::declval<const T&>(), 0, std::declval<Labels>()));
template <class T>
using ScatterAdd = decltype(scatter_add(std::declval<X>(), 0, std::declval<const T&>(), Shape{}));
template <class T>
using Embedding = decltype(embedding(std::declval<X>(), std::declval<const T&>()));
template <class T>
using EmbeddingSum = decltype(embedding_sum(std::declval<X>(), std::declval<const T&>(), 1));
template <class T>
using Criterion = decltype(std::declval<LossOf>()(std::declval<X>(), std::declval<const T&>()));
template <class T>
using FromLogits =
    decltype(std::declval<LossOf>().from_logits(std::declval<X>(), std::declval<const T&>()));
template <class T>
using CriterionTerms =
    decltype(std::declval<LossOf>().terms(std::declval<X>(), std::declval<const T&>()));
template <class T>
using Mass = decltype(std::declval<LossOf>().mass(std::declval<const T&>()));
template <class T>
using Nll = decltype(std::declval<const NegativeLogLikelihood&>()(std::declval<X>(),
                                                                  std::declval<const T&>()));
template <class T>
using Kl =
    decltype(std::declval<const KullbackLeibler&>()(std::declval<X>(), std::declval<const T&>()));
template <class T>
using Assign = decltype(std::declval<Variable&>().assign(std::declval<const T&>()));
template <class T>
using Cotangent = decltype(std::declval<Tape&>().gradients(
    std::declval<X>(), std::declval<const T&>(), std::declval<const std::vector<Variable>&>()));
template <class T>
using Check = decltype(gradient_check(std::declval<const Function&>(),
                                      std::declval<std::initializer_list<T>>()));

template <class Number>
using Numbers = xt::xarray<Number>;
using OtherReal = std::conditional_t<std::is_same_v<Real, double>, float, double>;

/// Whether a call takes labels: whole numbers of 64 bits, and nothing that would have to be cut down or
/// counted as 0 and 1.
template <template <class> class Call>
constexpr bool takes_labels_alone =
    !compiles<Call, Numbers<std::int32_t>> && !compiles<Call, Numbers<std::uint64_t>> &&
    !compiles<Call, Numbers<float>> && !compiles<Call, Array> && !compiles<Call, Mask> &&
    !compiles<Call, Variable> && compiles<Call, Numbers<std::int64_t>> && compiles<Call, Index>;

/// Whether a call takes distributions: numbers of our precision.
template <template <class> class Call>
constexpr bool takes_reals = compiles<Call, Array>&& compiles<Call, Numbers<Real>>;

/// Whether a call takes what is neither labels nor distributions.
template <template <class> class Call>
constexpr bool takes_others =
    compiles<Call, Numbers<std::int32_t>> || compiles<Call, Numbers<std::uint64_t>> ||
    compiles<Call, Numbers<std::uint8_t>> || compiles<Call, Numbers<OtherReal>> ||
    compiles<Call, Mask> || compiles<Call, Numbers<bool>> || compiles<Call, Variable>;

/// Whether it takes both and nothing else.
template <template <class> class Call>
constexpr bool takes_labels_or_distributions =
    takes_reals<Call>&& compiles<Call, Index>&& compiles<Call, Numbers<std::int64_t>> &&
    !takes_others<Call>;

}  // namespace

TEST_SUITE("the compiler") {
    TEST_CASE("takes no numbers for labels") {
        static_assert(takes_labels_alone<Gather>);
        static_assert(takes_labels_alone<ScatterAdd>);
        static_assert(takes_labels_alone<Embedding>);
        static_assert(takes_labels_alone<EmbeddingSum>);
        static_assert(takes_labels_alone<CriterionTerms>);
        static_assert(takes_labels_alone<Nll>);
    }
    TEST_CASE("takes real numbers for distributions, where a loss knows them, and no others") {
        static_assert(takes_labels_or_distributions<Criterion>);
        static_assert(takes_labels_or_distributions<FromLogits>);
        static_assert(takes_labels_or_distributions<Mass>);
        static_assert(takes_reals<Kl> && !takes_others<Kl> && !compiles<Kl, Index>);
    }
    TEST_CASE("makes no variable of labels, of masks, or of the other precision") {
        static_assert(std::is_constructible_v<Variable, Array>);
        static_assert(std::is_constructible_v<Variable, Numbers<Real>>);
        static_assert(std::is_constructible_v<Variable, Real>);
        static_assert(!std::is_constructible_v<Variable, Index>);
        static_assert(!std::is_constructible_v<Variable, Mask>);
        static_assert(!std::is_constructible_v<Variable, Numbers<int>>);
        static_assert(!std::is_constructible_v<Variable, Numbers<OtherReal>>);
        static_assert(compiles<Assign, Array>);
        static_assert(!compiles<Assign, Index>);
        static_assert(!compiles<Assign, Numbers<OtherReal>>);
    }
    TEST_CASE("takes no labels for a cotangent, nor for what is differentiated by") {
        static_assert(compiles<Cotangent, Array>);
        static_assert(compiles<Cotangent, Variable>);
        static_assert(!compiles<Cotangent, Index>);
        static_assert(!compiles<Cotangent, Numbers<OtherReal>>);
        static_assert(compiles<Check, Array>);
        static_assert(compiles<Check, Variable>);
        static_assert(!compiles<Check, Index>);
        static_assert(!compiles<Check, Mask>);
    }
    TEST_CASE("makes no variable that was not asked for") {
        static_assert(!std::is_convertible_v<Array, Variable>);
        static_assert(!std::is_convertible_v<Real, Variable>);
        static_assert(compiles<GatherFrom, Variable>);
        static_assert(!compiles<GatherFrom, Array>);
        static_assert(!compiles<GatherFrom, Index>);
    }
    TEST_CASE("copies variables, and never tapes") {
        static_assert(std::is_nothrow_copy_constructible_v<Variable>);
        static_assert(std::is_nothrow_move_constructible_v<Variable>);
        static_assert(!std::is_default_constructible_v<Variable>);
        static_assert(!std::is_copy_constructible_v<Tape>);
        static_assert(!std::is_move_constructible_v<Tape>);
        static_assert(!std::is_copy_assignable_v<Tape>);
    }
}
