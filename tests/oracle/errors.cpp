#include <algorithm>
#include <functional>

#include <xtape/core/errors.hpp>
#include <xtape/ops/masked_fill.hpp>

#include "criterion.hpp"
#include "groups.hpp"
#include "misuses.hpp"

namespace oracle {

using namespace xtape;

namespace {

/// What a call throws, by the reference's names for our errors; "ok" for nothing.
std::string outcome_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const ShapeError&) {
        return "shape_error";
    } catch (const IndexError&) {
        return "index_error";
    } catch (const AxisError&) {
        return "dim_error";
    } catch (const ValueError&) {
        return "value_error";
    } catch (const TapeError&) {
        return "state_error";
    } catch (const std::exception& error) {
        return std::string("another error: ") + error.what();
    }
    return "ok";
}

/// The category may be followed by a colon and a reason.
std::string expected_outcome(const Json& one) {
    const auto expect = one.at("expect").get<std::string>();
    return expect.substr(0, expect.find(':'));
}

void compare_outcome(const Json& one, const std::function<void()>& call, Verdict& verdict) {
    const std::string got = outcome_of(call);
    if (got != expected_outcome(one)) {
        verdict.differs(got + " instead of " + expected_outcome(one));
    }
}

/// An ignored target never indexes: it may be any number, and is as good as one in range.
void check_ignored_out_of_range(const LabelSmoothedCrossEntropy& criterion, const Variable& lprobs,
                                const Index& target, Verdict& verdict) {
    verdict.decided_otherwise(
        "ignore_index may be any integer, as an ignored target never indexes");
    LabelSmoothedCrossEntropy inside = criterion;
    Index moved = target;
    const auto is_used = [&](std::int64_t k) {
        return std::find(target.begin(), target.end(), k) != target.end();
    };
    inside.ignore_index = 0;
    while (is_used(*inside.ignore_index)) {
        ++*inside.ignore_index;
    }
    std::replace(moved.begin(), moved.end(), *criterion.ignore_index, *inside.ignore_index);
    const Real got = criterion(lprobs, target).item();
    verdict.close("value", double{got}, double{inside(lprobs, moved).item()}, 0);
}

void check_criterion_call(const Json& one, Verdict& verdict) {
    const LabelSmoothedCrossEntropy criterion = criterion_of(one);
    const Variable lprobs(array_of(one.at("lprobs")));
    const Index target = index_of(one.at("target"));
    const std::vector<bool> pad = padding(target, criterion.ignore_index);
    if (expected_outcome(one) == "index_error" && std::count(pad.begin(), pad.end(), true) > 0) {
        check_ignored_out_of_range(criterion, lprobs, target, verdict);
        return;
    }
    const auto call = [&] { criterion(lprobs, target); };
    compare_outcome(one, call, verdict);
    if (expected_outcome(one) == "ok") {
        verdict.close("value", criterion(lprobs, target).value(), reference_of(one.at("result")),
                      usual.value);
    }
}

void check_logits_call(const Json& one, Verdict& verdict) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = number_of(one.at("smoothing"));
    const Variable logits(array_of(one.at("logits")));
    const Index target = index_of(one.at("target"));
    const auto call = [&] { criterion.from_logits(logits, target); };
    compare_outcome(one, call, verdict);
}

/// x, repeated by a mask of higher rank that marks nothing: each part of the result is x.
void check_growing_mask(const Json& one, Verdict& verdict) {
    const Reference want = reference_of(one.at("result"));
    Array x = Array::from_shape(Shape(want.shape.begin() + 1, want.shape.end()));
    for (std::size_t i = 0; i < x.size(); ++i) {
        x.data()[i] = static_cast<Real>(want.numbers.at(i));
    }
    const Mask none(Mask::shape_type(want.shape.begin(), want.shape.end()), false);
    verdict.close("value", masked_fill(Variable(x), none, 0).value(), want, usual.value);
}

void check_type(const std::string& name, Verdict& verdict) {
    if (refused_types.at(name)) {
        verdict.by_type("does not compile");
    } else {
        verdict.differs("an array of another element type is converted in silence");
    }
}

}  // namespace

void check_error(const Json& one, const Json&, Verdict& verdict) {
    const auto name = one.at("name").get<std::string>();
    const auto misuse = misuses.find(name);
    const auto reason = impossible.find(name);
    if (refused_types.count(name) > 0) {
        check_type(name, verdict);
    } else if (reason != impossible.end()) {
        verdict.by_type(reason->second);
    } else if (misuse != misuses.end()) {
        compare_outcome(one, misuse->second, verdict);
    } else if (name == "masked_fill-mask-higher-rank") {
        check_growing_mask(one, verdict);
    } else if (one.contains("lprobs")) {
        check_criterion_call(one, verdict);
    } else if (one.contains("logits")) {
        check_logits_call(one, verdict);
    } else {
        verdict.differs("no wrong call is known by this name");
    }
}

}  // namespace oracle
