#include <xtape/core/detail/gradient_check/replay.hpp>

#include <algorithm>
#include <unordered_map>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/interception.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

Replay::Replay(Subject& subject) : subject_(subject) {
    std::vector<Array> values;
    const Interception collect([&](const Operation&, const Variable& y, Input*, std::size_t) {
        values.push_back(y.value());
    });
    Tape tape;
    const Variable y = subject();
    std::unordered_map<Variable::Id, Place> places;
    for (std::size_t i = 0; i < subject.x().size(); ++i) {
        places.emplace(subject.x()[i].id(), Place{true, i});
    }
    for (Note& note : tape.notes()) {
        const std::size_t number = steps_.size();
        std::vector<std::optional<Place>> operands;
        for (const Variable::Id id : note.inputs) {
            const auto found = places.find(id);
            operands.push_back(found != places.end() ? std::optional(found->second) : std::nullopt);
        }
        places.emplace(note.id, Place{false, number});
        steps_.push_back({std::move(note), std::move(values[number]), std::move(operands)});
    }
    const auto found = places.find(y.id());
    output_ = found != places.end() ? std::optional(found->second) : std::nullopt;
}

const Array& Replay::value_at(const Place& place) const {
    return place.is_input ? subject_.original(place.number) : steps_[place.number].value;
}

bool Replay::uses(std::size_t step, const Place& place) const {
    const auto& operands = steps_[step].operands;
    return std::any_of(operands.begin(), operands.end(),
                       [&](const std::optional<Place>& one) { return one && *one == place; });
}

std::vector<Array> Replay::run(const Place& place, const Array& d, double t,
                               const std::vector<bool>& held) {
    std::vector<Array> outputs;
    bool same_way = true;
    const auto see = [&](const Operation& operation, Variable& y, Input*, std::size_t) {
        const std::size_t k = outputs.size();
        same_way = same_way && k < steps_.size() && operation.name == steps_[k].note.op &&
                   y.shape() == steps_[k].value.shape();
        if (same_way && held[k]) {
            numbers_of(y) = steps_[k].value;
        }
        if (same_way && !place.is_input && place.number == k) {
            move_by(numbers_of(y), d, t);
        }
        outputs.push_back(y.value());
    };
    subject_.restore();
    const Interception interception(see);
    Tape tape;
    if (place.is_input) {
        subject_.moved(place.number, d, t);
    } else {
        subject_();
    }
    subject_.restore();
    return same_way && outputs.size() == steps_.size() ? outputs : std::vector<Array>();
}

std::vector<bool> Replay::ancestors_of(std::size_t step) const {
    std::vector<bool> is_ancestor(steps_.size(), false);
    is_ancestor[step] = true;
    for (std::size_t k = step + 1; k-- > 0;) {
        for (const auto& operand : steps_[k].operands) {
            if (is_ancestor[k] && operand && !operand->is_input) {
                is_ancestor[operand->number] = true;
            }
        }
    }
    is_ancestor[step] = false;
    return is_ancestor;
}

// Held is what leads from `place` to the operands of `user`. What leads to it past the tape is not:
// a rule may well know of numbers that its operation did not compute on the tape.
Array Replay::output_for(std::size_t user, const Place& place, const Array& d, double t) {
    std::vector<bool> held = ancestors_of(user);
    for (std::size_t k = 0; k < steps_.size(); ++k) {
        held[k] = held[k] && uses(k, place);
    }
    const std::vector<Array> outputs = run(place, d, t, held);
    if (outputs.empty()) {
        throw ValueError("gradient_check: f takes another way when a result is moved");
    }
    return outputs[user];
}

std::optional<std::size_t> Replay::silent_user(const Place& place, const Array& d, double t) {
    const std::vector<Array> outputs = run(place, d, t, std::vector<bool>(steps_.size(), false));
    std::vector<bool> changed(outputs.size(), false);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        changed[k] = !same_bits(outputs[k], steps_[k].value);
        const auto& operands = steps_[k].operands;
        const bool is_told = std::any_of(operands.begin(), operands.end(), [&](const auto& one) {
            return one && (*one == place || (!one->is_input && changed[one->number]));
        });
        const bool is_place = !place.is_input && place.number == k;
        if (changed[k] && !is_told && !is_place) {
            return k;
        }
    }
    return std::nullopt;
}

}  // namespace xtape
