#pragma once

#include <map>
#include <string>

#include <xtape/nn/parameters.hpp>

namespace xtape {

// A checkpoint is one file in the safetensors format, which many programs read: eight bytes that give
// the length of a header, the header in JSON, then the numbers, little-endian, without gaps.
// https://huggingface.co/docs/safetensors
//
//     save("model.safetensors", model.parameters(), {{"vocabulary", "a b c"}});
//     restore(load("model.safetensors"), model.parameters());

/// Strings by name, whatever belongs to a model beside its numbers: its configuration, a vocabulary.
using Metadata = std::map<std::string, std::string>;

/// The content of a file.
struct Checkpoint {
    struct Tensor {
        std::string dtype;  // "F32" or "F64"
        Shape shape;
        Array numbers;  // bit by bit those of the file if dtype is that of Real; else of shape [0]
    };

    Metadata metadata;
    std::map<std::string, Tensor> tensors;

    /// The tensors whose names begin with "prefix.", without it: of what was added to Parameters under
    /// this prefix.
    Checkpoint part(const std::string& prefix) const;
};

/// Writes the numbers of `parameters` and the metadata to the file `path`, or leaves what stood there
/// as it was: the file is written beside its name, flushed to the disk and then renamed.
///
/// Throws IoError, with the path and the system's reason, if the file cannot be written or if `path`
/// is something else than a file. (Last of all the folder is flushed to the disk; if only that fails,
/// the new file is in place and it is told all the same.) Throws ValueError if a name or a string is not UTF-8.
void save(const std::string& path, const Parameters& parameters, const Metadata& metadata = {});

/// Reads a file. Nothing in it is believed before it was checked, and no memory is asked for that
/// the size of the file does not justify.
///
/// Throws IoError if it cannot be read, FormatError if it is not what `save` writes or holds other
/// numbers than F32 and F64.
Checkpoint load(const std::string& path);

/// Assigns to every parameter the tensor of its name.
///
/// Throws FormatError, naming all that is missing, left over, or of another shape or dtype, and
/// TapeError while a tape records; then no parameter has changed.
void restore(const Checkpoint& checkpoint, const Parameters& parameters);

}  // namespace xtape
