#include <algorithm>
#include <iomanip>
#include <ostream>

#include <xtape/core/detail/labels.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/views.hpp>

namespace xtape {

namespace {

std::string inputs_of(const Note& note, const Labels& labels) {
    std::string inputs;
    for (const Variable::Id id : note.inputs) {
        inputs += (inputs.empty() ? "" : ", ") + labels.of(id);
    }
    return inputs;
}

}  // namespace

void print(std::ostream& out, const Tape& tape, const Names& names) {
    const std::vector<Note> notes = tape.notes();
    const Labels labels(notes, names);
    std::size_t call_width = 0;
    std::size_t shape_width = 0;
    for (const Note& note : notes) {
        call_width = std::max(call_width, call_of(note).size());
        shape_width = std::max(shape_width, text(note.shape).size());
    }
    for (const Note& note : notes) {
        out << std::right << std::setw(4) << labels.of(note.id) << "  " << std::left
            << std::setw(static_cast<int>(call_width)) << call_of(note) << "  "
            << std::setw(static_cast<int>(shape_width)) << text(note.shape) << "  <- "
            << inputs_of(note, labels) << '\n';
        if (note.value) {
            out << "        value " << to_text(*note.value) << '\n';
        }
        if (note.gradient) {
            out << "        gradient " << to_text(*note.gradient) << '\n';
        }
    }
    out << std::right;
}

std::ostream& operator<<(std::ostream& out, const Tape& tape) {
    print(out, tape);
    return out;
}

}  // namespace xtape
