#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace xtape {

/// A file that is open for reading or writing. Every failure throws IoError "path: what: reason".
/// The path is the caller's and has to live as long: a copy could fail when the file is open already.
class File {
public:
    explicit File(const std::string& path);         // to read
    File(const std::string& path, int descriptor);  // that is open already, if it is not negative
    File(std::string&&) = delete;
    File(std::string&&, int) = delete;
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::size_t size() const;

    /// Reads exactly `count` bytes.
    void read(void* to, std::size_t count);
    void write(const void* from, std::size_t count);

    /// Brings what was written to the disk and closes the file.
    void finish();

private:
    [[noreturn]] void refuse(const char* what) const;

    const std::string& path_;
    int descriptor_;
};

/// Replaces the file `path` by what `write` puts into a new one, wholly or, if anything fails, not at
/// all: a crash at any time leaves the old file or the new one under this name.
void replace_file(const std::string& path, const std::function<void(File&)>& write);

}  // namespace xtape
