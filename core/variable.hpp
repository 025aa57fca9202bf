#pragma once

#include <cstdint>
#include <xtape/core/array.hpp>
#include <xtape/core/shared.hpp>

namespace xtape {

/// An array that gradients can be taken of.
///
/// A Variable is a shared handle: a copy *is* the same variable, and so two layers that hold a
/// copy share their weights. It owns its numbers and nothing else: what was computed from
/// what is the tape's business.
class Variable {
public:
    /// A new variable that depends on nothing.
    explicit Variable(Array&& value);
    explicit Variable(const Array& value) : Variable(Array(value)) {}
    explicit Variable(Real value) : Variable(Array(Shape{}, value)) {}
    template <class Numbers, class = IfNoReal<Numbers>>
    explicit Variable(const Numbers& value) = delete;

    const Array& value() const { return body().value; }
    const Shape& shape() const { return value().shape(); }

    /// The number in a variable that holds just one. Throws ShapeError if it holds another count.
    Real item() const;

    /// Replaces the numbers, as an optimiser does between two tapes. Throws ShapeError unless the
    /// shape stays, TapeError while a tape records on this thread.
    void assign(Array value);
    template <class Numbers, class = IfNoReal<Numbers>>
    void assign(const Numbers& value) = delete;

    /// Two handles with the same id are the same variable. No id is ever used twice.
    using Id = std::uint64_t;
    Id id() const { return body().id; }

    /// Whether nobody else holds this variable, so that its numbers may be overwritten.
    bool is_unique() const { return body_ && body_.is_unique(); }

private:
    struct Body {
        Array value;
        Id id;
    };

    // A reading has places for gradients that nothing is in yet.
    Variable() = default;
    bool is_empty() const { return !body_; }
    friend class Reading;

    Body& body() const {
        if (!body_) {
            refuse_moved_from();
        }
        return *body_;
    }
    [[noreturn]] static void refuse_moved_from();

    Shared<Body> body_;

    friend Array reuse_or_copy(Variable& x);
    friend Array& numbers_of(Variable& x);
    friend class Journal;
};

/// The numbers of x, for an operator to change in place: moved out when nobody else can see them,
/// copied otherwise. Look at x.shape() before, not after.
Array reuse_or_copy(Variable& x);

/// The numbers of x, to be changed for all who hold x: by the engine, which adds into gradients that
/// it owns, and by what moves parameters between two tapes.
Array& numbers_of(Variable& x);

}  // namespace xtape
