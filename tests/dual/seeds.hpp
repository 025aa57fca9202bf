#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace xtape::dual {

/// The seeds [first, second) of a property: `usual` of them, times XTAPE_CASES if that is set; or
/// XTAPE_SEED alone, to repeat a failure.
inline std::pair<std::uint64_t, std::uint64_t> seeds(double usual) {
    if (const char* only = std::getenv("XTAPE_SEED")) {
        const std::uint64_t seed = std::stoull(only);
        return {seed, seed + 1};
    }
    const char* factor = std::getenv("XTAPE_CASES");
    return {0, static_cast<std::uint64_t>(usual * (factor != nullptr ? std::stod(factor) : 1))};
}

}  // namespace xtape::dual
