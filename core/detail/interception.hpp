#pragma once

#include <cstddef>
#include <functional>

#include <xtape/core/tape.hpp>

namespace xtape {

/// Sees every operation on this thread just before it is noted down, and may change its output or
/// its ways back. So gradient_check moves one result while a program runs, to see what follows; and
/// the tests break rules on purpose, to see whether anybody notices.
///
/// Several are asked from the youngest to the oldest; they end in the opposite order of their
/// beginning. What one throws is thrown by the operator, and nothing is recorded.
class Interception {
public:
    using See =
        std::function<void(const Operation&, Variable& y, Input* inputs, std::size_t count)>;

    explicit Interception(See see);
    ~Interception();
    Interception(const Interception&) = delete;
    Interception& operator=(const Interception&) = delete;

    /// Asks this one and all older ones.
    void ask(const Operation& operation, Variable& y, Input* inputs, std::size_t count) const;

private:
    See see_;
    Interception* older_;
};

}  // namespace xtape
