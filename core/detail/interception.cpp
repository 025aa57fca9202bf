#include <xtape/core/detail/interception.hpp>

#include <xtape/core/detail/journal.hpp>

namespace xtape {

Interception::Interception(See see) : see_(std::move(see)), older_(Journal::here().interception()) {
    Journal::here().set_interception(this);
}

Interception::~Interception() {
    Journal::here().set_interception(older_);
}

void Interception::ask(const Operation& operation, Variable& y, Input* inputs,
                       std::size_t count) const {
    for (const Interception* one = this; one != nullptr; one = one->older_) {
        one->see_(operation, y, inputs, count);
    }
}

}  // namespace xtape
