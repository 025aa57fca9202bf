#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <xtape/train/checkpoint.hpp>

namespace xtape {

/// The name under which a header holds the metadata; no tensor may have it.
constexpr const char* safetensors_metadata = "__metadata__";

/// What the header of a safetensors file says about one tensor.
struct TensorEntry {
    std::string name;
    std::string dtype;
    Shape shape;
    std::size_t begin, end;  // its bytes, counted from the first behind the header
};

struct SafetensorsHeader {
    Metadata metadata;
    std::vector<TensorEntry> tensors;
};

/// "F32" or "F64".
const char* dtype_of_real();

/// The header as JSON. Throws ValueError if a string is not UTF-8 or a name is taken by the format.
std::string to_json(const SafetensorsHeader& header);

/// Reads a header, with its tensors in the order of their bytes. Those must follow one another
/// without gap or overlap from 0 to the `data_size` bytes that are there behind the header, and fit
/// their shapes. Throws FormatError "file: ..." otherwise.
SafetensorsHeader parse_safetensors_header(const std::string& json, std::size_t data_size,
                                           const std::string& file);

}  // namespace xtape
