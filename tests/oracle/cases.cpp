#include "cases.hpp"

#include <cmath>

#include <xtape/core/errors.hpp>

namespace oracle {

using xtape::Array;
using xtape::Index;
using xtape::Mask;
using xtape::Real;
using xtape::Shape;

namespace {

/// As double, and rounded to float first where the reference was.
double rounded(const Json& number, const Json& tensor) {
    const double exact = number_of(number);
    return tensor.value("dtype", "f64") == "f32" ? double{static_cast<float>(exact)} : exact;
}

Real real_of(double number) {
    const Real real = static_cast<Real>(number);
    if (std::isfinite(real) != std::isfinite(number) || (real == 0) != (number == 0)) {
        throw NotRepresentable(xtape::text(number, " is out of reach for single precision"));
    }
    return real;
}

template <class Container, class Read>
Container filled(const Json& tensor, Read read) {
    const Shape shape = shape_of(tensor.at("shape"));
    const Json& data = tensor.at("data");
    if (xtape::element_count(shape) != data.size()) {
        throw std::runtime_error(
            xtape::text("a tensor of shape ", shape, " has ", data.size(), " elements"));
    }
    Container container = Container::from_shape(shape);
    for (std::size_t i = 0; i < data.size(); ++i) {
        container.data()[i] = read(data[i]);
    }
    return container;
}

}  // namespace

double number_of(const Json& json) {
    return json.is_string() ? std::stod(json.get<std::string>()) : json.get<double>();
}

Shape shape_of(const Json& extents) {
    const auto list = extents.get<std::vector<std::size_t>>();
    return Shape(list.begin(), list.end());
}

Reference reference_of(const Json& tensor) {
    Reference reference{shape_of(tensor.at("shape")), {}};
    for (const Json& number : tensor.at("data")) {
        reference.numbers.push_back(rounded(number, tensor));
    }
    return reference;
}

Array array_of(const Json& tensor) {
    return filled<Array>(tensor, [&](const Json& x) { return real_of(rounded(x, tensor)); });
}

Index index_of(const Json& tensor) {
    return filled<Index>(tensor, [](const Json& k) { return k.get<std::int64_t>(); });
}

Mask mask_of(const Json& tensor) {
    return filled<Mask>(tensor, [](const Json& flag) { return number_of(flag) != 0; });
}

std::vector<Array> arrays_of(const Json& tensors) {
    std::vector<Array> arrays;
    for (const Json& tensor : tensors) {
        arrays.push_back(array_of(tensor));
    }
    return arrays;
}

std::optional<std::int64_t> integer_of(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(json.get<std::int64_t>());
}

}  // namespace oracle
