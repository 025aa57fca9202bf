#include <xtape/core/detail/gradient_check/subject.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/random.hpp>

namespace xtape {

bool all_zero(const Array& a) {
    return std::all_of(a.data(), a.data() + a.size(),
                       [](Real v) { return v == 0 || std::isnan(v); });
}

Array random_weights(const Shape& shape, std::uint64_t seed, std::uint64_t stream) {
    Random random(seed, stream);
    Array w = random.uniform(shape, 0.5, 1.5);
    for (std::size_t i = 0; i < w.size(); ++i) {
        w.data()[i] *= random.uniform() < 0.5 ? Real(-1) : Real(1);
    }
    return w;
}

Array weights_of(const Array& y, std::uint64_t seed) {
    Array w = random_weights(y.shape(), seed);
    for (std::size_t o = 0; o < w.size(); ++o) {
        w.data()[o] = std::isinf(y.data()[o]) ? 0 : w.data()[o];
    }
    return w;
}

double magnitude_of(const Array& a) {
    double largest = 0;
    for (const Real v : a) {
        largest = std::isfinite(v) ? std::max(largest, std::abs(double{v})) : largest;
    }
    return largest;
}

double dot(const Array& a, const Array& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += double{a.data()[i]} * double{b.data()[i]};
    }
    return sum;
}

std::vector<Variable> gradients_on(Tape& tape, const Variable& y, const Variable& g,
                                   const std::vector<Variable>& x, Keep keep) {
    const auto is_y = [&y](const auto& known) { return known.id == y.id(); };
    const auto is_same = [&y](const Variable& known) { return known.id() == y.id(); };
    const std::vector<Note> notes = tape.notes();
    if (std::any_of(notes.begin(), notes.end(), is_y) || std::any_of(x.begin(), x.end(), is_same)) {
        return tape.gradients(y, g, x, keep);
    }
    std::vector<Variable> zeros;
    for (const Variable& input : x) {
        zeros.emplace_back(Array(input.shape(), 0));
    }
    return zeros;
}

void move_by(Array& numbers, const Array& d, double t) {
    for (std::size_t i = 0; i < d.size(); ++i) {
        numbers.data()[i] = static_cast<Real>(double{numbers.data()[i]} + t * double{d.data()[i]});
    }
}

Subject::Subject(const Function& f, const std::vector<Variable>& x) : f_(f), x_(x) {
    for (const Variable& input : x_) {
        original_.push_back(input.value());
    }
}

Subject::~Subject() {
    restore();
}

std::ptrdiff_t Subject::restore() {
    std::ptrdiff_t first = -1;
    for (std::size_t i = x_.size(); i-- > 0;) {
        Array& numbers = numbers_of(x_[i]);
        if (!same_bits(numbers, original_[i])) {
            numbers = original_[i];
            first = static_cast<std::ptrdiff_t>(i);
        }
    }
    return first;
}

Subject::Moved Subject::moved(std::size_t input, std::size_t element, double t) {
    const Real before = original_[input].data()[element];
    const Real after = static_cast<Real>(double{before} + t);
    numbers_of(x_[input]).data()[element] = after;
    Array y = (*this)().value();
    restore();
    return {double{after} - double{before}, std::move(y)};
}

Array Subject::moved(std::size_t input, const Array& d, double t) {
    Array& numbers = numbers_of(x_[input]);
    numbers = original_[input];
    move_by(numbers, d, t);
    Array y = (*this)().value();
    restore();
    return y;
}

}  // namespace xtape
