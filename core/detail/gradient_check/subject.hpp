#pragma once

#include <string>
#include <vector>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

/// NaN counts as zero here: it is a fault of its own, and the comparison names it.
bool all_zero(const Array& a);

/// Positive and negative numbers, well away from zero and from each other.
Array random_weights(const Shape& shape, std::uint64_t seed, std::uint64_t stream = 0);

/// The same for the elements of y. What is infinite has no slope, and weighs 0.
Array weights_of(const Array& y, std::uint64_t seed);

/// numbers + t d
void move_by(Array& numbers, const Array& d, double t);

/// The largest finite |a_i|
double magnitude_of(const Array& a);

/// sum_i a_i b_i
double dot(const Array& a, const Array& b);

/// tape.gradients(y, g, x, keep); zeros where y is not on the tape, because f ignores its inputs.
std::vector<Variable> gradients_on(Tape& tape, const Variable& y, const Variable& g,
                                   const std::vector<Variable>& x, Keep keep = Keep::no);

/// A function at the point where it is checked. The variables are moved in place; they get their
/// bits back in the end.
class Subject {
public:
    Subject(const Function& f, const std::vector<Variable>& x);
    ~Subject();
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    Variable operator()() const { return f_(x_); }
    const std::vector<Variable>& x() const { return x_; }
    const Array& original(std::size_t input) const { return original_[input]; }

    /// The output with one element of one input moved by about t.
    struct Moved {
        double by;
        Array y;
    };
    Moved moved(std::size_t input, std::size_t element, double t);

    /// The output with one input moved by t d.
    Array moved(std::size_t input, const Array& d, double t);

    /// The first input whose bits are not the original ones, or -1; gives them back.
    std::ptrdiff_t restore();

private:
    const Function& f_;
    std::vector<Variable> x_;
    std::vector<Array> original_;
};

}  // namespace xtape
