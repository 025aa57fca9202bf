#pragma once

namespace xtape {

/// What becomes of the losses of the single tokens: their sum, their mean over the tokens that
/// count, or the matrix of them as it is.
enum class Reduction { sum, mean, none };

}  // namespace xtape
