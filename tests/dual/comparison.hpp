#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xtape/core/variable.hpp>

#include "tests/dual/array.hpp"
#include "tests/dual/choices.hpp"

namespace xtape::dual {

/// A function given twice: by operators, and by the definitions of operators.
struct Subject {
    std::vector<Array> inputs;
    std::function<Variable(const std::vector<Variable>&)> taped;
    std::function<DualArray(const std::vector<DualArray>&)> plain;
};

/// The directions that derivatives are asked for: g_k weighs output k, w_i is a step of input i.
struct Directions {
    Array g;
    std::vector<Array> w;
};

/// y = f(x), J w, J' g, and the derivative of <J' g, w> with respect to x, by definition.
struct Expected {
    std::vector<Number> value, slope;
    std::vector<std::vector<Number>> first, second;  // for each input
};

Array draw_array(Choices& choices, const Shape& shape);
Directions draw_directions(const Subject& subject, Choices& choices);
Expected expected_of(const Subject& subject, const Directions& directions);

/// Where `found` is not what it should be, to within rounding; "" if nowhere.
std::string mismatch(const std::string& what, const Array& found,
                     const std::vector<Number>& expected);
std::string mismatch(const std::string& what, const std::vector<Array>& found,
                     const std::vector<std::vector<Number>>& expected);

/// Where the tape's value, first and second derivatives differ from those by definition; "" if
/// nowhere.
std::string compare(const Subject& subject, const Directions& directions, const Expected& expected);

}  // namespace xtape::dual
