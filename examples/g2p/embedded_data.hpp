#pragma once

#include <string_view>

namespace g2p {

/// The word lists of examples/g2p/data/ as they were when the program was built: one word a line,
/// graphemes, a tab, phonemes with spaces between them.
std::string_view embedded_train();
std::string_view embedded_dev();
std::string_view embedded_test();

}  // namespace g2p
