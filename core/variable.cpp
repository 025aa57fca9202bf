#include <xtape/core/variable.hpp>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

Variable::Variable(Array&& value)
    : body_(Shared<Body>::make(std::move(value), Journal::here().next_leaf())) {}

Real Variable::item() const {
    if (value().size() != 1) {
        throw ShapeError(text("Variable: item() reads a single number, not shape ", shape(),
                              "; reduce it first, e.g. with reduce_sum"));
    }
    return *value().data();
}

void Variable::assign(Array value) {
    if (is_recording()) {
        throw TapeError(
            "Variable: assigning while a tape records would falsify its gradients; take the "
            "gradients first");
    }
    if (value.shape() != shape()) {
        throw ShapeError(text("Variable: shape ", value.shape(), " cannot be assigned to shape ",
                              shape(), "; the shape of a variable is fixed"));
    }
    body().value = std::move(value);
}

void Variable::refuse_moved_from() {
    throw TapeError("Variable: it was moved from; copy it instead, a copy is the same variable");
}

Array reuse_or_copy(Variable& x) {
    if (!x.is_unique()) {
        return x.value();
    }
    return std::move(x.body().value);
}

Array& numbers_of(Variable& x) {
    return x.body().value;
}

}  // namespace xtape
