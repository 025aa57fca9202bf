#pragma once

#include <optional>
#include <vector>

#include <xtape/core/detail/gradient_check/subject.hpp>

namespace xtape {

/// A place where a number can be moved: an input of f, or the output of one of its operations.
struct Place {
    bool is_input;
    std::size_t number;  // of the input, or of the operation in the order of execution

    bool operator==(const Place& other) const {
        return is_input == other.is_input && number == other.number;
    }
};

/// One operation of f, as it was recorded the first time.
struct Step {
    Note note;
    Array value;
    std::vector<std::optional<Place>> operands;  // none: f made that variable itself
};

/// Runs f again and again while single results are moved, or held to what they were the first
/// time: so each operation can be looked at apart from all others.
class Replay {
public:
    explicit Replay(Subject& subject);

    const std::vector<Step>& steps() const { return steps_; }
    std::optional<Place> output() const { return output_; }
    const Array& value_at(const Place& place) const;

    /// The output of operation `user` when `place` is moved by t d for that operation alone: what
    /// else uses `place` is held. Throws ValueError if f then takes another way.
    Array output_for(std::size_t user, const Place& place, const Array& d, double t);

    /// The first operation whose output changes when `place` is moved, though nothing that it
    /// names as an operand does.
    std::optional<std::size_t> silent_user(const Place& place, const Array& d, double t);

private:
    /// What every operation returns when `place` is moved and the operations marked in `held` are
    /// held. Empty if f then takes another way.
    std::vector<Array> run(const Place& place, const Array& d, double t,
                           const std::vector<bool>& held);
    bool uses(std::size_t step, const Place& place) const;
    std::vector<bool> ancestors_of(std::size_t step) const;

    Subject& subject_;
    std::vector<Step> steps_;
    std::optional<Place> output_;
};

}  // namespace xtape
