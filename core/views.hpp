#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include <xtape/core/tape.hpp>

namespace xtape {

/// What to call the variables that come from outside a tape. The others are x1, x2... in the order
/// in which the tape meets them.
using Names = std::vector<std::pair<std::string, Variable>>;

// Three views of a tape. Each shows every operation with its number, operator, attributes, shape and
// inputs. A tape opened with Watch::yes also shows values, and gradients once it was read with
// Keep::yes. A tape that was consumed shows nothing.

/// One line for each operation, for a terminal:
///
///     1  Mul                             [3]  <- x1, x1
///     2  ReduceSum(axes={0}, keep=false) []   <- 1
void print(std::ostream& out, const Tape& tape, const Names& names = {});
std::ostream& operator<<(std::ostream& out, const Tape& tape);

/// A picture in the language of Graphviz: dot -Tsvg.
std::string to_dot(const Tape& tape, const Names& names = {});

/// {"inputs": ["x1"], "operations": [{"number": 1, "operator": "Mul", "attributes": {}, "shape": [3],
/// "inputs": ["x1", "x1"]}, ...]}, and "value" and "gradient" as nested lists if watched. Inputs are
/// the numbers of operations or the names of variables. What JSON has no number for is "nan",
/// "inf" or "-inf".
std::string to_json(const Tape& tape, const Names& names = {});

}  // namespace xtape
