#include <cmath>

#include <nlohmann/json.hpp>

#include <xtape/core/detail/labels.hpp>
#include <xtape/core/views.hpp>

namespace xtape {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(double number) {
    if (std::isfinite(number)) {
        return number;
    }
    return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

Json json_of(const Attribute::Value& value) {
    if (const double* number = std::get_if<double>(&value)) {
        return json_of(*number);
    }
    return std::visit([](const auto& v) { return Json(v); }, value);
}

/// The elements from `next` on as nested lists over the axes from `axis` on.
Json json_of(const Array& a, std::size_t axis, std::size_t& next) {
    if (axis == a.shape().size()) {
        return json_of(double{a.data()[next++]});
    }
    Json list = Json::array();
    for (std::size_t i = 0; i < a.shape()[axis]; ++i) {
        list.push_back(json_of(a, axis + 1, next));
    }
    return list;
}

Json json_of(const Array& a) {
    std::size_t next = 0;
    return json_of(a, 0, next);
}

Json json_of(const Note& note, std::size_t number, const Labels& labels) {
    Json attributes = Json::object();
    for (const Attribute& attribute : note.attributes) {
        attributes[attribute.name] = json_of(attribute.value);
    }
    Json inputs = Json::array();
    for (const Variable::Id id : note.inputs) {
        inputs.push_back(labels.is_outside(id) ? Json(labels.of(id)) : Json(labels.number_of(id)));
    }
    Json operation = {{"number", number},
                      {"operator", note.op},
                      {"attributes", attributes},
                      {"shape", std::vector<std::size_t>(note.shape.begin(), note.shape.end())},
                      {"inputs", inputs}};
    if (note.value) {
        operation["value"] = json_of(*note.value);
    }
    if (note.gradient) {
        operation["gradient"] = json_of(*note.gradient);
    }
    return operation;
}

}  // namespace

std::string to_json(const Tape& tape, const Names& names) {
    const std::vector<Note> notes = tape.notes();
    const Labels labels(notes, names);
    Json operations = Json::array();
    for (std::size_t i = 0; i < notes.size(); ++i) {
        operations.push_back(json_of(notes[i], i + 1, labels));
    }
    return Json{{"inputs", labels.outside()}, {"operations", operations}}.dump(2) + '\n';
}

}  // namespace xtape
