#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <xtape/core/views.hpp>

namespace xtape {

/// What the views of a tape call its operations and the variables from outside.
class Labels {
public:
    Labels(const std::vector<Note>& notes, const Names& names);

    const std::string& of(Variable::Id id) const { return label_.at(id); }

    /// Whether `id` comes from outside the tape; if not, its operation has a number, from 1 on.
    bool is_outside(Variable::Id id) const { return number_.count(id) == 0; }
    std::size_t number_of(Variable::Id id) const { return number_.at(id); }

    /// The variables from outside, in the order in which the tape meets them.
    const std::vector<std::string>& outside() const { return outside_; }

private:
    std::unordered_map<Variable::Id, std::string> label_;
    std::unordered_map<Variable::Id, std::size_t> number_;
    std::vector<std::string> outside_;
};

/// "0.9", "true", "{0, -1}"
std::string to_text(const Attribute::Value& value);

/// "ReduceSum(axes={0}, keep_dims=false)"
std::string call_of(const Note& note);

/// The numbers of an array as nested lists, [[1, 2], [3, 4]].
std::string to_text(const Array& a);

}  // namespace xtape
