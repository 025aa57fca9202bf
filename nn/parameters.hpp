#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <xtape/core/variable.hpp>

namespace xtape {

/// Variables under their names, in a fixed order: what a model learns, an optimiser moves and a
/// checkpoint keeps. A module puts its own together from those of its parts:
///
///     Parameters parameters() const {
///         return Parameters().add("encoder", encoder.parameters()).add("bias", bias);
///     }
///
/// names the weight of a layer "encoder.0.attention.query.weight". A variable that stands in two
/// places (tied weights) is listed once, under the first of its names.
class Parameters {
public:
    struct Entry {
        std::string name;
        Variable variable;
    };

    Parameters() = default;

    /// Named by their place: "0", "1", ...
    Parameters(const std::vector<Variable>& variables);
    Parameters(std::initializer_list<Variable> variables)
        : Parameters(std::vector<Variable>(variables)) {}

    /// Both throw ValueError if another variable has this name.
    Parameters& add(std::string name, const Variable& variable);
    Parameters& add(const std::string& prefix, const Parameters& part);

    std::size_t size() const { return entries_.size(); }
    std::vector<Entry>::const_iterator begin() const { return entries_.begin(); }
    std::vector<Entry>::const_iterator end() const { return entries_.end(); }

    /// The variable of this name, or nullptr.
    const Variable* find(const std::string& name) const;

    /// How many numbers they hold together.
    std::size_t element_count() const;

    /// In the same order: tape.gradients(loss, model.parameters()).
    operator std::vector<Variable>() const;

private:
    std::vector<Entry> entries_;
};

}  // namespace xtape
