#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <xtape/core/array.hpp>

// How reference cases are written in JSON; README.md beside this file describes the format.

namespace oracle {

using Json = nlohmann::json;

/// A number of the file that this build's Real cannot hold: a float has no 1e-300.
struct NotRepresentable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a result should be. Always double, whatever Real is.
struct Reference {
    xtape::Shape shape;
    std::vector<double> numbers;
};

/// A number, which may be one of the strings "nan", "inf" and "-inf".
double number_of(const Json& json);

Reference reference_of(const Json& tensor);
xtape::Array array_of(const Json& tensor);
xtape::Index index_of(const Json& tensor);
xtape::Mask mask_of(const Json& tensor);
xtape::Shape shape_of(const Json& extents);
std::vector<xtape::Array> arrays_of(const Json& tensors);

/// null is nothing.
std::optional<std::int64_t> integer_of(const Json& json);

}  // namespace oracle
