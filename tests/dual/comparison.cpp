#include "tests/dual/comparison.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace xtape::dual {

namespace {

/// Numbers this small have lost digits, or were lost.
constexpr double underflow = 1e-290;

/// What the plain definition gives along w and a unit step of one element of one input.
DualArray moved(const Subject& subject, const Directions& directions, std::size_t input,
                std::size_t element) {
    std::vector<DualArray> x;
    for (std::size_t i = 0; i < subject.inputs.size(); ++i) {
        Array unit(subject.inputs[i].shape(), 0);
        if (i == input) {
            unit.data()[element] = 1;
        }
        x.push_back(along(subject.inputs[i], unit, directions.w[i]));
    }
    return subject.plain(x);
}

Number weighted(const DualArray& y, Number Dual::*part, const Array& g) {
    Number sum;
    for (std::size_t k = 0; k < y.numbers.size(); ++k) {
        sum = sum + exact(g.data()[k]) * (y.numbers[k].*part);
    }
    return sum;
}

std::vector<Number> parts(const DualArray& y, Number Dual::*part) {
    std::vector<Number> numbers;
    for (const Dual& number : y.numbers) {
        numbers.push_back(number.*part);
    }
    return numbers;
}

std::vector<Array> values_of(const std::vector<Variable>& variables) {
    std::vector<Array> values;
    for (const Variable& x : variables) {
        values.push_back(x.value());
    }
    return values;
}

/// The scalar sum_i <v_i, w_i>.
Variable inner(const std::vector<Variable>& v, const std::vector<Array>& w) {
    Variable sum(Real(0));
    for (std::size_t i = 0; i < w.size(); ++i) {
        sum = sum + reduce_sum(v[i] * Variable(w[i]));
    }
    return sum;
}

}  // namespace

Array draw_array(Choices& choices, const Shape& shape) {
    Array x = Array::from_shape(shape);
    std::generate(x.data(), x.data() + x.size(),
                  [&] { return static_cast<Real>(choices.uniform(-1, 1)); });
    return x;
}

Directions draw_directions(const Subject& subject, Choices& choices) {
    Directions directions;
    std::vector<DualArray> x;
    for (const Array& input : subject.inputs) {
        directions.w.push_back(draw_array(choices, input.shape()));
        x.push_back(constant(input));
    }
    directions.g = draw_array(choices, subject.plain(x).shape);
    return directions;
}

Expected expected_of(const Subject& subject, const Directions& directions) {
    const DualArray y = moved(subject, directions, subject.inputs.size(), 0);
    Expected expected{parts(y, &Dual::v), parts(y, &Dual::b), {}, {}};
    for (std::size_t i = 0; i < subject.inputs.size(); ++i) {
        std::vector<Number> first;
        std::vector<Number> second;
        for (std::size_t j = 0; j < subject.inputs[i].size(); ++j) {
            const DualArray step = moved(subject, directions, i, j);
            first.push_back(weighted(step, &Dual::a, directions.g));
            second.push_back(weighted(step, &Dual::ab, directions.g));
        }
        expected.first.push_back(std::move(first));
        expected.second.push_back(std::move(second));
    }
    return expected;
}

std::string mismatch(const std::string& what, const Array& found,
                     const std::vector<Number>& expected) {
    if (found.size() != expected.size()) {
        return text(what, " has shape ", found.shape(), " and should have ", expected.size(),
                    " elements\n");
    }
    std::ostringstream problem;
    problem << std::setprecision(17);
    for (std::size_t i = 0; i < expected.size() && problem.tellp() == 0; ++i) {
        const double error = std::abs(double{found.data()[i]} - expected[i].value);
        const double allowed = tolerance * expected[i].size + underflow;
        if (!(error <= allowed)) {
            problem << what << text(" at ", place_of(i, found.shape())) << " is " << found.data()[i]
                    << " and should be " << expected[i].value << std::setprecision(3) << " (off by "
                    << error << ", allowed " << allowed << ")\n";
        }
    }
    return problem.str();
}

std::string mismatch(const std::string& what, const std::vector<Array>& found,
                     const std::vector<std::vector<Number>>& expected) {
    std::string problems;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        problems += mismatch(text(what, " of input ", i), found[i], expected[i]);
    }
    return problems;
}

std::string compare(const Subject& subject, const Directions& directions,
                    const Expected& expected) {
    const std::vector<Variable> x(subject.inputs.begin(), subject.inputs.end());
    std::vector<Variable> from = x;
    from.emplace_back(directions.g);
    Tape outer;
    Tape inner_tape;
    const Variable y = subject.taped(x);
    std::string problems = mismatch("the value", y.value(), expected.value);
    if (y.shape() != directions.g.shape()) {
        return text(problems, "the value has shape ", y.shape(), " and should have ",
                    directions.g.shape(), "\n");
    }
    const std::vector<Variable> first = inner_tape.gradients(y, from.back(), x);
    const std::vector<Variable> second = outer.gradients(inner(first, directions.w), from);
    return problems + mismatch("the gradient", values_of(first), expected.first) +
           mismatch("the gradient of <gradient, w>", values_of(second), expected.second) +
           mismatch("J w", second.back().value(), expected.slope);
}

}  // namespace xtape::dual
