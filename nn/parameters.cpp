#include <xtape/nn/parameters.hpp>

#include <algorithm>

#include <xtape/core/errors.hpp>

namespace xtape {

Parameters::Parameters(const std::vector<Variable>& variables) {
    for (const Variable& variable : variables) {
        add(std::to_string(size()), variable);
    }
}

Parameters& Parameters::add(std::string name, const Variable& variable) {
    const auto is_listed = [&](const Entry& entry) { return entry.variable.id() == variable.id(); };
    if (std::any_of(begin(), end(), is_listed)) {
        return *this;
    }
    if (find(name) != nullptr) {
        throw ValueError(text("Parameters: two variables have the name \"", name,
                              "\"; every name is given once"));
    }
    entries_.push_back({std::move(name), variable});
    return *this;
}

Parameters& Parameters::add(const std::string& prefix, const Parameters& part) {
    for (const Entry& entry : part) {
        add(prefix + "." + entry.name, entry.variable);
    }
    return *this;
}

const Variable* Parameters::find(const std::string& name) const {
    const auto entry = std::find_if(begin(), end(), [&](const Entry& e) { return e.name == name; });
    return entry == end() ? nullptr : &entry->variable;
}

std::size_t Parameters::element_count() const {
    std::size_t count = 0;
    for (const Entry& entry : entries_) {
        count += entry.variable.value().size();
    }
    return count;
}

Parameters::operator std::vector<Variable>() const {
    std::vector<Variable> variables;
    variables.reserve(size());
    for (const Entry& entry : entries_) {
        variables.push_back(entry.variable);
    }
    return variables;
}

}  // namespace xtape
