#pragma once

#include <string>

#include "pronouncer.hpp"

namespace g2p {

/// Writes parameters, vocabularies and sizes into one safetensors file, all or nothing.
/// Throws IoError.
void save_model(const std::string& path, const Pronouncer& model);

/// Throws IoError if such a file could not be written now: better before a training than after it.
void require_writable(const std::string& path);

/// The model that such a file holds. Throws IoError if it cannot be read, FormatError or ShapeError
/// if it holds no such model.
Pronouncer load_model(const std::string& path);

}  // namespace g2p
