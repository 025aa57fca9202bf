#include "tests/support/directory.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace xtape {

Directory::Directory() {
    std::string name = std::filesystem::temp_directory_path() / "xtape-XXXXXX";
    path = mkdtemp(name.data());
}

Directory::~Directory() {
    std::filesystem::remove_all(path);
}

std::size_t Directory::count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
}

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace xtape
