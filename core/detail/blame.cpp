#include <xtape/core/detail/blame.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/detail/labels.hpp>
#include <xtape/core/detail/ratio.hpp>
#include <xtape/core/detail/replay.hpp>
#include <xtape/core/detail/verdict.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr std::size_t most_steps = 200;  // each costs a few dozen runs of f

std::string name_of(const std::optional<Place>& place) {
    if (!place) {
        return "a constant";
    }
    return place->is_input ? text("input ", place->number) : text("#", place->number + 1);
}

/// The same with the operator's name, for a sentence.
std::string described(const Replay& replay, const Place& place) {
    return name_of(place) + (place.is_input ? "" : " " + replay.steps()[place.number].note.op);
}

/// Which steps lie on a way from an input to the output.
std::vector<bool> on_path(const Replay& replay) {
    const std::vector<Step>& steps = replay.steps();
    std::vector<bool> depends(steps.size(), false);
    for (std::size_t k = 0; k < steps.size(); ++k) {
        for (const auto& operand : steps[k].operands) {
            depends[k] = depends[k] || (operand && (operand->is_input || depends[operand->number]));
        }
    }
    std::vector<bool> leads(steps.size(), false);
    if (replay.output() && !replay.output()->is_input) {
        leads[replay.output()->number] = true;
    }
    for (std::size_t k = steps.size(); k-- > 0;) {
        for (const auto& operand : steps[k].operands) {
            if (leads[k] && operand && !operand->is_input) {
                leads[operand->number] = true;
            }
        }
        leads[k] = leads[k] && depends[k];
    }
    return leads;
}

/// Calls the rules of single operations. Its tape is paused: neither the rules nor what is replayed
/// meanwhile shall be recorded on it.
class Rules {
public:
    explicit Rules(Subject& subject) : start_(Journal::here().size()), y_(subject()) {
        Journal::here().pause();
    }
    ~Rules() { Journal::here().resume(); }
    Rules(const Rules&) = delete;
    Rules& operator=(const Rules&) = delete;

    /// What flows back from operation `step` to all its operands at `place`, for dL/dy = g.
    Array share(const Step& step, std::size_t number, const Place& place, const Array& g) {
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

private:
    static Array added(Array a, const Array& b) {
        if (a.shape() != b.shape()) {
            throw ShapeError(text("two shares have shapes ", a.shape(), " and ", b.shape()));
        }
        a += b;
        return a;
    }

    std::size_t start_;
    Tape tape_;
    Variable y_;
};

/// Checks operation `number` with respect to one of its operands, apart from everything else.
class StepCheck {
public:
    StepCheck(Replay& replay, Rules& rules, const CheckOptions& options, std::size_t number)
        : replay_(replay), rules_(rules), options_(options), number_(number) {}

    std::string fault(const Place& place) {
        try {
            const Array g = random_weights(step().value.shape(), options_.seed + number_ + 1);
            const Array share = rules_.share(step(), number_, place, g);
            if (share.shape() != replay_.value_at(place).shape()) {
                return text("its rule returns shape ", share.shape(), ", not ",
                            replay_.value_at(place).shape(), ", for ", name_of(place));
            }
            const Array zero(step().value.shape(), 0);
            if (!all_zero(rules_.share(step(), number_, place, zero))) {
                return text("its rule for ", name_of(place), " ignores g");
            }
            return compare(place, g, share);
        } catch (const std::exception& error) {
            return text("its rule for ", name_of(place), " throws: ", error.what());
        }
    }

private:
    const Step& step() const { return replay_.steps()[number_]; }

    std::string compare(const Place& place, const Array& g, const Array& share) {
        const Array& at = replay_.value_at(place);
        const Array d = random_weights(at.shape(), options_.seed + 17 * number_ + 2);
        const Line line = [&](double t) {
            return Sample{t, replay_.output_for(number_, place, d, t)};
        };
        const double step_size = first_step(magnitude_of(at), {});
        const double analytic = dot(share, d);
        Slope slope = weighted(slopes(line, step_size, Stencil::smooth), g);
        if (!judge(analytic, slope, {}).is_right) {
            slope = weighted(examined_slopes(line, step_size, Stencil::smooth), g);
        }
        const Verdict verdict = judge(analytic, slope, {}, std::sqrt(dot(share, share)));
        return verdict.is_right ? "" : complaint(place, analytic, verdict.numeric);
    }

    std::string complaint(const Place& place, double analytic, double numeric) const {
        const auto& operands = step().operands;
        const bool has_constant = std::count(operands.begin(), operands.end(), std::nullopt) > 0;
        return text("its own rule, towards ", name_of(place),
                    ", is wrong: along a random direction ", analytic, " by the rule, ", numeric,
                    " by differences, ratio ", ratio_text(analytic / numeric),
                    has_constant ? "; or its constant operand changes, too: f used value()" : "");
    }

    Replay& replay_;
    Rules& rules_;
    const CheckOptions& options_;
    std::size_t number_;
};

std::string fault_of(Replay& replay, Rules& rules, const CheckOptions& options,
                     std::size_t number) {
    StepCheck check(replay, rules, options, number);
    for (const std::optional<Place>& operand : replay.steps()[number].operands) {
        const std::string fault = operand ? check.fault(*operand) : "";
        if (!fault.empty()) {
            return fault;
        }
    }
    return "";
}

/// Operations that depend on `place` without saying so: by number, the fault.
void note_silent_user(Replay& replay, const Place& place, std::vector<std::string>& faults) {
    const Array d = random_weights(replay.value_at(place).shape(), 1);
    const auto user = replay.silent_user(place, d, 0x1p-10);
    if (user && faults[*user].empty()) {
        faults[*user] = text("its output changes with ", described(replay, place),
                             ", but no Input says so: record() lacks one, or f used value()");
    }
}

PathStep path_step(const Step& step, std::size_t number, std::string fault) {
    PathStep result{number + 1, call_of(step.note), step.note.shape, {}, std::move(fault)};
    for (const auto& operand : step.operands) {
        result.inputs.push_back(name_of(operand));
    }
    return result;
}

}  // namespace

std::vector<PathStep> path_with_faults(Subject& subject, const CheckOptions& options) {
    Replay replay(subject);
    std::vector<std::string> faults(replay.steps().size());
    const std::vector<bool> wanted = on_path(replay);
    {
        Rules rules(subject);
        std::size_t examined = 0;
        for (std::size_t k = wanted.size(); k-- > 0;) {
            if (wanted[k] && examined++ < most_steps) {
                faults[k] = fault_of(replay, rules, options, k);
            }
        }
    }
    for (std::size_t i = 0; i < subject.x().size(); ++i) {
        note_silent_user(replay, {true, i}, faults);
    }
    for (std::size_t k = 0; k < std::min(wanted.size(), most_steps); ++k) {
        note_silent_user(replay, {false, k}, faults);
    }
    std::vector<PathStep> path;
    for (std::size_t k = wanted.size(); k-- > 0;) {
        if (wanted[k] || !faults[k].empty()) {
            path.push_back(path_step(replay.steps()[k], k, std::move(faults[k])));
        }
    }
    return path;
}

}  // namespace xtape
