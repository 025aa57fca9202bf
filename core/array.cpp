#include <xtape/core/array.hpp>

namespace xtape {

std::size_t element_count(const Shape& shape) {
    std::size_t count = 1;
    for (const std::size_t extent : shape) {
        count *= extent;
    }
    return count;
}

}  // namespace xtape
