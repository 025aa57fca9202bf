#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace bench {

/// The numbers that two systems must agree on, in a file: the first system writes what it computed,
/// and every other has its own compared with that.
class Agreement {
public:
    /// Writes if there is no such file, and compares if there is.
    explicit Agreement(const std::string& file);

    /// The next array, in the same order for every system. Throws std::runtime_error if a number is
    /// off by more than 1e-4 of its size and of what is usual in its array.
    void show(const float* numbers, std::size_t count);

private:
    void write(const float* numbers, std::size_t count);
    void compare(const float* numbers, std::size_t count);

    bool compares_;
    std::size_t arrays_ = 0;
    double largest_size_ = 0;
    std::fstream file_;
};

}  // namespace bench
