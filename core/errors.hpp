#pragma once

#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <xtape/core/array.hpp>

namespace xtape {

/// What every error of the library derives from. Messages read
/// "operator: what is wrong, with both values; what would be right".
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The shapes of the arguments do not fit together.
struct ShapeError : Error {
    using Error::Error;
};
/// An index points outside the array that it indexes.
struct IndexError : Error {
    using Error::Error;
};
/// There is no such axis, or it is named twice.
struct AxisError : Error {
    using Error::Error;
};
/// A setting is outside its range.
struct ValueError : Error {
    using Error::Error;
};
/// A tape, or a variable that a tape records, is used against the rules.
struct TapeError : Error {
    using Error::Error;
};
/// A file's content is not what it should be.
struct FormatError : Error {
    using Error::Error;
};
/// A file cannot be read or written.
struct IoError : Error {
    using Error::Error;
};

namespace detail {
template <class T>
void put(std::ostream& out, const T& part) {
    out << part;
}
void put(std::ostream& out, const Shape& shape);  // [4, 7]; of a single number []
void put(std::ostream& out, const Axes& axes);    // {0, -1}
}  // namespace detail

/// Joins its arguments into one message: text("axis ", 2, " of ", x.shape()).
template <class... Parts>
std::string text(const Parts&... parts) {
    std::ostringstream out;
    out.exceptions(std::ios::badbit);  // or a stream that runs out of memory drops the rest
    (detail::put(out, parts), ...);
    return out.str();
}

/// The place of the flat, row-major position `flat` in an array of this shape.
Shape place_of(std::size_t flat, const Shape& shape);

}  // namespace xtape
