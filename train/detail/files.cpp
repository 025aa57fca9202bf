#include <xtape/train/detail/files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

[[noreturn]] void refuse(const std::string& path, const char* what) {
    throw IoError(text(path, ": ", what, ": ", std::strerror(errno)));
}

constexpr std::size_t most_at_once = std::size_t{1} << 30;  // systems refuse 2 GiB and more

/// Renaming replaces a link by a file, and what it links to stays as it was; it would even replace a
/// device.
void require_file_or_nothing(const std::string& path) {
    struct stat status = {};
    if (lstat(path.c_str(), &status) != 0) {
        if (errno != ENOENT) {
            refuse(path, "cannot be written");
        }
    } else if (!S_ISREG(status.st_mode)) {
        throw IoError(text(path, ": cannot be written: ",
                           S_ISLNK(status.st_mode)   ? "it is a symbolic link; name its target"
                           : S_ISDIR(status.st_mode) ? "it is a directory"
                                                     : "it is not a file"));
    }
}

/// A new file in the same directory, under a name that no other process and no other thread has:
/// "model.safetensors.1234-0.tmp". Its descriptor is negative if it could not be made.
std::pair<std::string, int> create_beside(const std::string& path) {
    static std::atomic<unsigned> count{0};
    while (true) {
        std::string name = text(path, ".", getpid(), "-", count++, ".tmp");
        const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST) {  // it may be left from a process that crashed
            return {std::move(name), descriptor};  // without a copy, which could fail
        }
    }
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Brings the names in a directory to the disk, where the system knows how to.
void flush_directory(const std::string& directory) {
    const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        refuse(directory, "cannot be opened");
    }
    const bool done = fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
    const int reason = errno;
    close(descriptor);
    errno = reason;
    if (!done) {
        refuse(directory, "cannot be flushed");
    }
}

}  // namespace

File::File(const std::string& path) : File(path, open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

File::File(const std::string& path, int descriptor) : path_(path), descriptor_(descriptor) {
    if (descriptor_ < 0) {
        refuse("cannot be opened");
    }
}

File::~File() {
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

void File::refuse(const char* what) const {
    xtape::refuse(path_, what);
}

std::size_t File::size() const {
    struct stat status = {};
    if (fstat(descriptor_, &status) != 0) {
        refuse("cannot be read");
    }
    if (!S_ISREG(status.st_mode)) {
        throw IoError(text(path_, ": cannot be read: it is not a file"));
    }
    return static_cast<std::size_t>(status.st_size);
}

void File::read(void* to, std::size_t count) {
    char* place = static_cast<char*>(to);
    while (count > 0) {
        const ssize_t part = ::read(descriptor_, place, std::min(count, most_at_once));
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part < 0) {
            refuse("cannot be read");
        }
        if (part == 0) {
            throw IoError(text(path_, ": cannot be read: it became shorter meanwhile"));
        }
        place += part;
        count -= static_cast<std::size_t>(part);
    }
}

void File::write(const void* from, std::size_t count) {
    const char* place = static_cast<const char*>(from);
    while (count > 0) {
        const ssize_t part = ::write(descriptor_, place, std::min(count, most_at_once));
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part < 0) {
            refuse("cannot be written");
        }
        place += part;
        count -= static_cast<std::size_t>(part);
    }
}

void File::finish() {
    if (fsync(descriptor_) != 0) {
        refuse("cannot be flushed");
    }
    if (close(std::exchange(descriptor_, -1)) != 0) {
        refuse("cannot be closed");
    }
}

void replace_file(const std::string& path, const std::function<void(File&)>& write) {
    require_file_or_nothing(path);
    const std::string directory = directory_of(path);
    const auto [beside, descriptor] = create_beside(path);
    File file(path, descriptor);
    try {
        write(file);
        file.finish();
        if (std::rename(beside.c_str(), path.c_str()) != 0) {
            refuse(path, "cannot be replaced");
        }
    } catch (...) {
        unlink(beside.c_str());
        throw;
    }
    flush_directory(directory);
}

}  // namespace xtape
