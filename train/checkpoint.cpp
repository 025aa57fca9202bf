#include <xtape/train/checkpoint.hpp>

#include <cstdint>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/train/detail/files.hpp>
#include <xtape/train/detail/safetensors.hpp>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors files are little-endian: reading and writing them here needs bytes swapped"
#endif

namespace xtape {

namespace {

constexpr std::size_t prefix_size = sizeof(std::uint64_t);  // the length of the header

/// Checks that the header's length is one, and returns it.
std::size_t read_header_length(File& file, std::size_t size, const std::string& path) {
    if (size < prefix_size) {
        throw FormatError(text(path, ": truncated: need ", prefix_size,
                               " bytes for the length of the header, have ", size));
    }
    std::uint64_t length = 0;
    file.read(&length, prefix_size);
    if (length > size - prefix_size) {
        throw FormatError(text(path, ": truncated, or no safetensors file: the header would need ",
                               length, " bytes, and ", size - prefix_size, " follow"));
    }
    return static_cast<std::size_t>(length);
}

/// The numbers of one tensor, which the file has next.
Array read_numbers(File& file, const TensorEntry& entry) {
    if (entry.dtype == dtype_of_real()) {
        Array numbers = Array::from_shape(entry.shape);
        file.read(numbers.data(), entry.end - entry.begin);
        return numbers;
    }
    std::vector<char> foreign(entry.end - entry.begin);
    file.read(foreign.data(), foreign.size());
    return Array(Shape{0});
}

std::string described(const std::string& dtype, const Shape& shape) {
    return text(dtype, " ", shape);
}

}  // namespace

Checkpoint Checkpoint::part(const std::string& prefix) const {
    Checkpoint result;
    result.metadata = metadata;
    for (const auto& [name, tensor] : tensors) {
        if (name.compare(0, prefix.size() + 1, prefix + ".") == 0) {
            result.tensors.emplace(name.substr(prefix.size() + 1), tensor);
        }
    }
    return result;
}

void save(const std::string& path, const Parameters& parameters, const Metadata& metadata) {
    SafetensorsHeader header{metadata, {}};
    std::size_t begin = 0;
    for (const auto& [name, variable] : parameters) {
        const std::size_t end = begin + variable.value().size() * sizeof(Real);
        header.tensors.push_back({name, dtype_of_real(), variable.shape(), begin, end});
        begin = end;
    }
    std::string json = to_json(header);
    json.resize((json.size() + 7) / 8 * 8, ' ');  // so that numbers are aligned in memory maps
    replace_file(path, [&](File& file) {
        const std::uint64_t length = json.size();
        file.write(&length, prefix_size);
        file.write(json.data(), json.size());
        for (const auto& [name, variable] : parameters) {
            file.write(variable.value().data(), variable.value().size() * sizeof(Real));
        }
    });
}

Checkpoint load(const std::string& path) {
    File file(path);
    const std::size_t size = file.size();
    std::string json(read_header_length(file, size, path), ' ');
    file.read(json.data(), json.size());
    SafetensorsHeader header =
        parse_safetensors_header(json, size - prefix_size - json.size(), path);
    Checkpoint checkpoint{std::move(header.metadata), {}};
    for (const TensorEntry& entry : header.tensors) {
        checkpoint.tensors.emplace(
            entry.name, Checkpoint::Tensor{entry.dtype, entry.shape, read_numbers(file, entry)});
    }
    return checkpoint;
}

void restore(const Checkpoint& checkpoint, const Parameters& parameters) {
    std::string problems;
    for (const auto& [name, variable] : parameters) {
        const auto found = checkpoint.tensors.find(name);
        if (found == checkpoint.tensors.end()) {
            problems += text("; ", name, " is missing");
            continue;
        }
        const std::string file = described(found->second.dtype, found->second.shape);
        const std::string model = described(dtype_of_real(), variable.shape());
        if (file != model) {
            problems += text("; ", name, " is ", file, " in the file and ", model, " in the model");
        }
    }
    for (const auto& [name, tensor] : checkpoint.tensors) {
        if (parameters.find(name) == nullptr) {
            problems += text("; ", name, " is left over");
        }
    }
    if (!problems.empty()) {
        throw FormatError("restore: the checkpoint does not fit the model" + problems);
    }
    std::vector<Array> numbers;  // copied before any is assigned, so that nothing can fail between
    for (const auto& [name, variable] : parameters) {
        numbers.push_back(checkpoint.tensors.at(name).numbers);
    }
    std::size_t i = 0;
    for (const auto& entry : parameters) {
        Variable(entry.variable).assign(std::move(numbers[i++]));
    }
}

}  // namespace xtape
