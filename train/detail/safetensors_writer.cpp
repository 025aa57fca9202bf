#include <array>

#include <nlohmann/json.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/train/detail/safetensors.hpp>

namespace xtape {

namespace {

std::string quoted(const std::string& string) {
    try {
        return nlohmann::json(string).dump();
    } catch (const nlohmann::json::exception& error) {
        const std::string reason = error.what();
        throw ValueError(text("save: a name or a metadata string is not UTF-8: ",
                              reason.substr(reason.find("] ") + 2)));
    }
}

template <class Numbers>
std::string list_of(const Numbers& numbers) {
    std::string list;
    for (const std::size_t number : numbers) {
        list += (list.empty() ? "" : ",") + std::to_string(number);
    }
    return "[" + list + "]";
}

/// A JSON object in the making. Not one of the JSON library: those ask for memory when they are
/// destroyed, and end the program if there is none.
class Object {
public:
    Object& add(const std::string& name, const std::string& json) {
        members_ += (members_.empty() ? "" : ",") + quoted(name) + ":" + json;
        return *this;
    }
    std::string json() const { return "{" + members_ + "}"; }

private:
    std::string members_;
};

std::string to_json(const Metadata& metadata) {
    Object object;
    for (const auto& [name, string] : metadata) {
        object.add(name, quoted(string));
    }
    return object.json();
}

std::string to_json(const TensorEntry& tensor) {
    return Object()
        .add("dtype", quoted(tensor.dtype))
        .add("shape", list_of(tensor.shape))
        .add("data_offsets", list_of(std::array{tensor.begin, tensor.end}))
        .json();
}

}  // namespace

std::string to_json(const SafetensorsHeader& header) {
    Object document;
    if (!header.metadata.empty()) {
        document.add(safetensors_metadata, to_json(header.metadata));
    }
    for (const TensorEntry& tensor : header.tensors) {
        if (tensor.name == safetensors_metadata) {
            throw ValueError(
                text("save: the name ", safetensors_metadata, " is taken by the format"));
        }
        document.add(tensor.name, to_json(tensor));
    }
    return document.json();
}

}  // namespace xtape
