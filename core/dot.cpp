#include <sstream>

#include <xtape/core/detail/labels.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/views.hpp>

namespace xtape {

namespace {

std::string quoted(const std::string& content) {
    std::string result = "\"";
    for (const char c : content) {
        if (c == '\n') {
            result += "\\n";
        } else {
            result += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
        }
    }
    return result + '"';
}

std::string label_of(const Note& note) {
    std::string label = note.op;
    for (const Attribute& attribute : note.attributes) {
        label += text('\n', attribute.name, " = ", to_text(attribute.value));
    }
    label += text('\n', note.shape);
    if (note.value) {
        label += "\nvalue " + to_text(*note.value);
    }
    if (note.gradient) {
        label += "\ngradient " + to_text(*note.gradient);
    }
    return label;
}

}  // namespace

std::string to_dot(const Tape& tape, const Names& names) {
    const std::vector<Note> notes = tape.notes();
    const Labels labels(notes, names);
    std::ostringstream out;
    out.exceptions(std::ios::badbit);  // or a stream that runs out of memory drops the rest
    out << "digraph tape {\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
    for (const std::string& name : labels.outside()) {
        out << "  " << quoted(name) << " [style=filled, fillcolor=lightgrey];\n";
    }
    for (const Note& note : notes) {
        out << "  " << quoted(labels.of(note.id)) << " [label=" << quoted(label_of(note)) << "];\n";
        for (const Variable::Id input : note.inputs) {
            out << "  " << quoted(labels.of(input)) << " -> " << quoted(labels.of(note.id))
                << ";\n";
        }
    }
    out << "}\n";
    return out.str();
}

}  // namespace xtape
