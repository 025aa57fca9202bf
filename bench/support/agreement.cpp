#include "agreement.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace bench {
namespace {

constexpr double tolerance = 1e-4;

// Some gradients are zero but for rounding, whose size is that of the others.
constexpr double least_share = 1e-2;

/// What an array in the file begins with.
struct Head {
    std::size_t count;
    double usual_size;  // the root of the mean square, unless that of an array before is far larger
};

double usual_size(const float* numbers, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += static_cast<double>(numbers[i]) * static_cast<double>(numbers[i]);
    }
    return std::sqrt(sum / static_cast<double>(count));
}

template <class T>
T read(std::istream& in) {
    T value{};
    in.read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
}

}  // namespace

Agreement::Agreement(const std::string& file)
    : compares_(std::filesystem::exists(file)),
      file_(file, std::ios::binary | (compares_ ? std::ios::in : std::ios::out)) {
    if (!file_) {
        throw std::runtime_error("cannot open " + file);
    }
}

void Agreement::show(const float* numbers, std::size_t count) {
    ++arrays_;
    compares_ ? compare(numbers, count) : write(numbers, count);
}

void Agreement::write(const float* numbers, std::size_t count) {
    const double size = usual_size(numbers, count);
    largest_size_ = std::max(largest_size_, size);
    const Head head{count, std::max(size, least_share * largest_size_)};
    file_.write(reinterpret_cast<const char*>(&head), sizeof head);
    file_.write(reinterpret_cast<const char*>(numbers),
                static_cast<std::streamsize>(count * sizeof *numbers));
    if (!file_.flush()) {
        throw std::runtime_error("cannot write what the next system is compared with");
    }
}

// Number by number, so that no second array counts as memory of the system.
void Agreement::compare(const float* numbers, std::size_t count) {
    const std::string array = "array " + std::to_string(arrays_);
    const auto head = read<Head>(file_);
    if (!file_ || head.count != count) {
        throw std::runtime_error(array + " has " + std::to_string(count) + " numbers, expected " +
                                 std::to_string(head.count));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const double actual = numbers[i], expected = read<float>(file_);
        const double allowed = tolerance * (head.usual_size + std::abs(expected));
        if (!file_ || !(std::abs(actual - expected) <= allowed)) {
            throw std::runtime_error(array + ", number " + std::to_string(i) + ": " +
                                     std::to_string(actual) + ", expected " +
                                     std::to_string(expected));
        }
    }
}

}  // namespace bench
