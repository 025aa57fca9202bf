#include <xtape/train/detail/safetensors.hpp>

#include <algorithm>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

using nlohmann::json;

/// What the library's own messages say after "[json.exception.parse_error.101] ".
std::string reason_of(const json::exception& error) {
    const std::string message = error.what();
    return message.substr(message.find("] ") + 2);
}

/// Watches over a document while it is read: no name is given twice in one object, and nothing is
/// nested deeper than the header of a tensor, so that no file makes it large.
class Watchman {
public:
    explicit Watchman(std::string file) : file_(std::move(file)) {}

    bool operator()(int depth, json::parse_event_t event, const json& parsed) {
        const auto level = static_cast<std::size_t>(depth);
        const bool opens =
            event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        if (opens && level >= deepest) {
            throw FormatError(text(file_, ": the header is nested too deeply"));
        }
        if (event == json::parse_event_t::object_start) {
            names_[level].clear();
        }
        if (event == json::parse_event_t::key &&
            !names_[level - 1].insert(parsed.get<std::string>()).second) {
            throw FormatError(text(file_, ": the header names ", parsed.dump(), " twice"));
        }
        return true;
    }

private:
    static constexpr std::size_t deepest = 3;  // {"name": {"shape": [

    std::string file_;
    std::set<std::string> names_[deepest];
};

json parse(const std::string& source, const std::string& file) {
    try {
        if (source.empty() || source[0] != '{') {
            throw FormatError(text(file, ": the header is not a JSON object"));
        }
        return json::parse(source, Watchman(file));
    } catch (const json::exception& error) {
        throw FormatError(text(file, ": the header is not JSON: ", reason_of(error)));
    }
}

/// The entry of one tensor, read from JSON.
class EntryReader {
public:
    EntryReader(std::string file, std::string name, const json& entry)
        : where_(file + ": tensor '" + name + "'"), name_(std::move(name)), json_(entry) {}

    TensorEntry read() const {
        if (!json_.is_object() || json_.size() != 3) {
            refuse(" needs dtype, shape and data_offsets and nothing else");
        }
        const json& dtype = field("dtype");
        if (dtype != "F32" && dtype != "F64") {
            refuse(text(" has the dtype ", dtype.dump(), "; only F32 and F64 are read here"));
        }
        const std::vector<std::size_t> extents = numbers("shape");
        const std::vector<std::size_t> offsets = numbers("data_offsets");
        if (offsets.size() != 2 || offsets[0] > offsets[1]) {
            refuse(" needs data_offsets [begin, end] with begin <= end");
        }
        TensorEntry entry{name_, dtype.get<std::string>(), Shape(extents.begin(), extents.end()),
                          offsets[0], offsets[1]};
        require_size(entry, extents);
        return entry;
    }

private:
    [[noreturn]] void refuse(const std::string& what) const { throw FormatError(where_ + what); }

    const json& field(const char* key) const {
        const auto found = json_.find(key);
        if (found == json_.end()) {
            refuse(text(" has no ", key));
        }
        return *found;
    }

    std::vector<std::size_t> numbers(const char* key) const {
        const json& list = field(key);
        const bool fits =
            list.is_array() && std::all_of(list.begin(), list.end(), [](const json& number) {
                return number.is_number_unsigned();
            });
        if (!fits) {
            refuse(text(" has a ", key, " that is not a list of whole numbers"));
        }
        return list.get<std::vector<std::size_t>>();
    }

    void require_size(const TensorEntry& entry, const std::vector<std::size_t>& extents) const {
        std::size_t bytes = entry.dtype == "F32" ? 4 : 8;
        for (const std::size_t extent : extents) {
            if (extent != 0 && bytes > std::numeric_limits<std::size_t>::max() / extent) {
                refuse(text(" has the impossible shape ", entry.shape));
            }
            bytes *= extent;
        }
        if (bytes != entry.end - entry.begin) {
            refuse(text(" of shape ", entry.shape, " and ", entry.dtype, " needs ", bytes,
                        " bytes, but its data_offsets span ", entry.end - entry.begin));
        }
    }

    std::string where_;
    std::string name_;
    const json& json_;
};

Metadata read_metadata(const json& entries, const std::string& file) {
    const bool fits =
        entries.is_object() && std::all_of(entries.begin(), entries.end(),
                                           [](const json& value) { return value.is_string(); });
    if (!fits) {
        throw FormatError(text(file, ": ", safetensors_metadata, " is not an object of strings"));
    }
    return entries.get<Metadata>();
}

/// Sorts the tensors by their bytes, which must be all there are.
void require_seamless(std::vector<TensorEntry>& tensors, std::size_t data_size,
                      const std::string& file) {
    std::sort(tensors.begin(), tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::size_t end = 0;
    for (const TensorEntry& tensor : tensors) {
        if (tensor.begin != end) {
            throw FormatError(text(file, ": tensor '", tensor.name, "' begins at byte ",
                                   tensor.begin, " of the data, but the one before it ends at ",
                                   end));
        }
        end = tensor.end;
        if (end > data_size) {
            throw FormatError(text(file, ": truncated: tensor '", tensor.name, "' needs ", end,
                                   " bytes of data, and there are ", data_size));
        }
    }
    if (end != data_size) {
        throw FormatError(text(file, ": ", data_size - end, " bytes follow the last tensor"));
    }
}

}  // namespace

const char* dtype_of_real() {
    return sizeof(Real) == 4 ? "F32" : "F64";
}

SafetensorsHeader parse_safetensors_header(const std::string& source, std::size_t data_size,
                                           const std::string& file) {
    const json document = parse(source, file);
    SafetensorsHeader header;
    for (const auto& [name, entry] : document.items()) {
        if (name == safetensors_metadata) {
            header.metadata = read_metadata(entry, file);
        } else {
            header.tensors.push_back(EntryReader(file, name, entry).read());
        }
    }
    require_seamless(header.tensors, data_size, file);
    return header;
}

}  // namespace xtape
