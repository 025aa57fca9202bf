#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace xtape {

/// An empty directory for the time of a test.
struct Directory {
    Directory();
    ~Directory();

    std::string file(const std::string& name = "a.safetensors") const { return path / name; }
    std::size_t count() const;

    std::filesystem::path path;
};

/// All bytes of a file.
std::string content_of(const std::string& path);

}  // namespace xtape
