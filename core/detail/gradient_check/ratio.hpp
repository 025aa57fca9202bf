#pragma once

#include <cmath>
#include <string>

#include <xtape/core/errors.hpp>

namespace xtape {

/// A ratio as a person wants to read it: "1.25", and near to one "1 + 3e-08". The sign of zero and of
/// nan says nothing.
inline std::string ratio_text(double ratio) {
    const double off = ratio - 1;
    if (off != 0 && std::abs(off) < 1e-3) {
        return text("1 ", off > 0 ? '+' : '-', ' ', std::abs(off));
    }
    return text(ratio == 0 || std::isnan(ratio) ? std::abs(ratio) : ratio);
}

}  // namespace xtape
