#include <xtape/core/detail/labels.hpp>

#include <functional>

#include <xtape/core/errors.hpp>

namespace xtape {

Labels::Labels(const std::vector<Note>& notes, const Names& names) {
    std::unordered_map<Variable::Id, std::string> given;
    for (const auto& [name, variable] : names) {
        given.emplace(variable.id(), name);
    }
    std::size_t unnamed = 0;
    for (std::size_t i = 0; i < notes.size(); ++i) {
        for (const Variable::Id id : notes[i].inputs) {
            if (label_.count(id) != 0) {
                continue;
            }
            const auto found = given.find(id);
            const std::string label = found != given.end() ? found->second : text("x", ++unnamed);
            label_.emplace(id, label);
            outside_.push_back(label);
        }
        label_.emplace(notes[i].id, std::to_string(i + 1));
        number_.emplace(notes[i].id, i + 1);
    }
}

std::string to_text(const Attribute::Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) {
        return *flag ? "true" : "false";
    }
    return std::visit([](const auto& v) { return text(v); }, value);
}

std::string call_of(const Note& note) {
    std::string call = note.op;
    const char* separator = "(";
    for (const Attribute& attribute : note.attributes) {
        call += text(separator, attribute.name, '=', to_text(attribute.value));
        separator = ", ";
    }
    return note.attributes.empty() ? call : call + ')';
}

std::string to_text(const Array& a) {
    std::string out;
    std::size_t next = 0;
    const std::function<void(std::size_t)> put = [&](std::size_t axis) {
        if (axis == a.shape().size()) {
            out += text(a.data()[next++]);
            return;
        }
        out += '[';
        for (std::size_t i = 0; i < a.shape()[axis]; ++i) {
            out += i > 0 ? ", " : "";
            put(axis + 1);
        }
        out += ']';
    };
    put(0);
    return out;
}

}  // namespace xtape
