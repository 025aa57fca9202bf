#pragma once

#include <string>
#include <vector>

#include <xtape/core/detail/gradient_check/subject.hpp>

namespace xtape {

/// The tape's side of a check.
struct Readings {
    Array value;    // of the output
    Array weights;  // of its elements, random; 0 where it is infinite

    std::vector<Array> together;  // by input: sum_o w_o dy_o/dx, read at once

    /// By output element, by input: dy_o/dx. Read with w_o, so that a rule which takes g for 1 shows.
    std::vector<std::vector<Array>> rows;

    std::string problem;  // what can be told without any difference
};

Readings read(Subject& subject, const CheckOptions& options);

}  // namespace xtape
