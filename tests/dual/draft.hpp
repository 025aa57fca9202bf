#pragma once

#include <functional>
#include <string>
#include <vector>

#include <xtape/core/errors.hpp>
#include <xtape/core/variable.hpp>

#include "tests/dual/array.hpp"
#include "tests/dual/choices.hpp"

namespace xtape::dual {

/// One use of one operator: on the tape, and by its definition.
struct Call {
    std::vector<std::size_t> operands;  // by number
    std::function<Variable(std::vector<Variable>)> taped;
    std::function<DualArray(std::vector<DualArray>)> plain;  // none for a misuse
    std::string text;
};

/// Nothing that exists fits what an operator needs.
struct NothingFits {};

/// The numbers that an operator takes: where it is smooth, and where it is small enough for what is
/// computed from the result. At a kink or a tie an array of its own may be; what was computed must
/// keep away, because rounding decides on which side it is.
struct Domain {
    double low = -1e3;
    double high = 1e3;
    double gap = 0;  // |x| is larger
    std::vector<double> kinks = {};
};

/// The shapes that an operator takes: whether one fits, and one that does.
struct Form {
    std::function<bool(const Shape&)> fits;
    std::function<Shape(Choices&)> draw;
};

Form of_rank(std::size_t low, std::size_t high);
Form of_shape(const Shape& shape);
Form broadcasting_with(const Shape& shape);
Form broadcasting_to(const Shape& shape);

/// Drafts a call: picks operands among values that exist, or draws new ones, and then settings.
class Draft {
public:
    enum class Operands { existing, drawn };

    /// Arrays that are drawn are appended to `values`.
    Draft(Choices& decisions, std::vector<Array>& values, Operands operands)
        : choices(decisions), values_(values), operands_(operands) {}

    /// The number of an array of this form, with numbers in this domain. Throws NothingFits.
    std::size_t operand(const Form& form, const Domain& domain = {});

    const Array& value(std::size_t operand) const { return values_[operand]; }
    const Shape& shape(std::size_t operand) const { return values_[operand].shape(); }

    /// Gives up this draft unless `fits`.
    static void require(bool fits) {
        if (!fits) {
            throw NothingFits();
        }
    }
    /// Gives up if p and q are so close that rounding may have ordered them. Arrays that were drawn
    /// are exact, and may tie.
    void require_apart(double p, double q) const;

    std::ptrdiff_t axis(const Shape& shape);  // from either end; not of []
    Axes axes(const Shape& shape);            // some, in any order
    Index index(const Shape& shape, std::size_t bound);
    Mask mask(const Shape& shape);

    /// `apply` serves both: it is given a vector of Variable and one of DualArray.
    template <class Apply>
    static Call call(std::vector<std::size_t> operands, Apply apply, std::string text) {
        return {std::move(operands), apply, apply, std::move(text)};
    }

    Choices& choices;

private:
    std::size_t drawn(const Form& form, const Domain& domain);

    std::vector<Array>& values_;
    Operands operands_;
};

/// Extents from 0 to 4 and at most 48 elements; 0 and 4 are rare.
Shape draw_shape(Choices& choices, std::size_t rank);

}  // namespace xtape::dual
