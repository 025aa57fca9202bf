#include <xtape/core/detail/gradient_check/step_check.hpp>

#include <algorithm>
#include <cmath>
#include <exception>

#include <xtape/core/detail/gradient_check/ratio.hpp>
#include <xtape/core/detail/gradient_check/verdict.hpp>
#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

Array added(Array a, const Array& b) {
    if (a.shape() != b.shape()) {
        throw ShapeError(text("two shares have shapes ", a.shape(), " and ", b.shape()));
    }
    a += b;
    return a;
}

}  // namespace

std::string name_of(const std::optional<Place>& place) {
    if (!place) {
        return "a constant";
    }
    return place->is_input ? text("input ", place->number) : text("#", place->number + 1);
}

RuleCaller::RuleCaller(Subject& subject) : start_(Journal::here().size()), y_(subject()) {}

Array RuleCaller::share(const Step& step, std::size_t number, const Place& place, const Array& g) {
    std::optional<Array> sum;
    for (std::size_t k = 0; k < step.operands.size(); ++k) {
        if (step.operands[k] && *step.operands[k] == place) {
            const Pullback& rule = Journal::here().input(start_ + number, k).pullback;
            const Array one = rule(Variable(Array(g))).value();
            sum = sum ? added(*sum, one) : one;
        }
    }
    return *sum;
}

std::string StepCheck::fault(const Place& place) {
    const Array g = weights_of(step().value, options_.seed + number_ + 1);
    Array share;
    try {
        share = rules_.share(step(), number_, place, g);
        const Array zero(step().value.shape(), 0);
        if (!all_zero(rules_.share(step(), number_, place, zero))) {
            return text("its rule for ", name_of(place), " ignores g");
        }
    } catch (const std::exception& error) {
        return text("its rule for ", name_of(place), " throws: ", error.what());
    }
    if (share.shape() != replay_.value_at(place).shape()) {
        return text("its rule returns shape ", share.shape(), ", not ",
                    replay_.value_at(place).shape(), ", for ", name_of(place));
    }
    try {
        return compare(place, g, share);
    } catch (const std::exception&) {
        return "";  // f does not take what was moved, and nothing can be told
    }
}

std::string StepCheck::compare(const Place& place, const Array& g, const Array& share) {
    const Array& at = replay_.value_at(place);
    Array d = random_weights(at.shape(), options_.seed + number_ + 1, 1);
    for (std::size_t i = 0; i < d.size(); ++i) {
        d.data()[i] = std::isfinite(at.data()[i]) ? d.data()[i] : 0;  // the others cannot be moved
    }
    const Line line = [&](double t) { return Sample{t, replay_.output_for(number_, place, d, t)}; };
    CheckOptions options = options_;
    options.stencil = Stencil::smooth;
    options.step = 0;
    const double step_size = first_step(magnitude_of(at), options);
    const double analytic = dot(share, d);
    const double terms = std::sqrt(dot(share, share));
    Slope slope = weighted(slopes(line, step_size, options.stencil), g);
    if (!judge(analytic, slope, options, terms).is_right) {
        slope = weighted(examined_slopes(line, step_size, options.stencil), g);
    }
    const Verdict verdict = judge(analytic, slope, options, terms);
    return verdict.is_right ? "" : complaint(place, analytic, verdict.numeric);
}

std::string StepCheck::complaint(const Place& place, double analytic, double numeric) const {
    const auto& operands = step().operands;
    const bool has_constant = std::count(operands.begin(), operands.end(), std::nullopt) > 0;
    return text("its own rule, towards ", name_of(place), ", is wrong: along a random direction ",
                analytic, " by the rule, ", numeric, " by differences, ratio ",
                ratio_text(analytic / numeric),
                has_constant ? "; or its constant operand changes, too: f used value()" : "");
}

}  // namespace xtape
