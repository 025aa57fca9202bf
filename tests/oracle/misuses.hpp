#pragma once

#include <map>
#include <string>

#include <xtape/core/array.hpp>

namespace oracle {

/// The wrong calls that a case names without writing their arguments out; each throws.
using Misuse = void (*)();
extern const std::map<std::string, Misuse> misuses;

/// What is wrong in the same way but does not compile or cannot be written here, and why.
extern const std::map<std::string, std::string> impossible;

/// Wrong element types, and whether the compiler refuses them.
extern const std::map<std::string, bool> refused_types;

}  // namespace oracle
