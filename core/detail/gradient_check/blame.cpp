#include <xtape/core/detail/gradient_check/blame.hpp>

#include <algorithm>
#include <exception>
#include <optional>

#include <xtape/core/detail/gradient_check/step_check.hpp>
#include <xtape/core/detail/labels.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

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

std::string fault_of(Replay& replay, RuleCaller& rules, const CheckOptions& options,
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
    std::optional<std::size_t> user;
    try {
        user = replay.silent_user(place, d, 0x1p-10);
    } catch (const std::exception&) {
        return;  // f does not take what was moved
    }
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
        RuleCaller rules(subject);
        std::size_t examined = 0;
        for (std::size_t k = wanted.size(); k-- > 0;) {
            if (wanted[k] && examined++ < most_steps_examined) {
                faults[k] = fault_of(replay, rules, options, k);
            }
        }
    }
    for (std::size_t i = 0; i < subject.x().size(); ++i) {
        note_silent_user(replay, {true, i}, faults);
    }
    for (std::size_t k = 0; k < std::min(wanted.size(), most_steps_examined); ++k) {
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
