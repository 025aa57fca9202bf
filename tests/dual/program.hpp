#pragma once

#include <map>

#include "tests/dual/comparison.hpp"
#include "tests/dual/table.hpp"

namespace xtape::dual {

/// One line of a program. A misuse has no result: it must be refused, and nothing else may happen.
struct Instruction {
    Call call;
    std::size_t result;  // the number of its value

    bool is_misuse() const { return call.plain == nullptr; }
};

/// Calls in an order in which operands exist before they are used. The leaves are the values 0, 1
/// and so on; results keep their numbers when instructions are dropped or put in another order.
struct Program {
    std::vector<Array> leaves;
    std::vector<Instruction> instructions;
};

/// Whether there is anything to differentiate.
bool has_results(const Program& program);

/// Whether results stay alive to the end, or until their last use, which may take their memory.
enum class Hold { all, needed };

/// As many instructions as wanted, or as the choices suffice for. Values stay small and exact
/// enough that rounding decides nothing; one instruction in `misuse_rate` is a misuse, none for 0.
Program draw_program(Choices& choices, std::size_t length, std::size_t misuse_rate);

/// One vector of all results that no instruction uses, in the order of their numbers. Throws
/// std::logic_error if a misuse is not refused.
Variable run(const Program& program, const std::vector<Variable>& leaves, Hold hold = Hold::all);
DualArray run(const Program& program, const std::vector<DualArray>& leaves);

/// The program as a function of its leaves.
Subject subject_of(const Program& program);

/// Another order in which operands still exist before they are used.
Program reordered(const Program& program, Choices& choices);

/// The program without instruction k and all that depends on it.
Program without(const Program& program, std::size_t k);

/// The shortest program found by dropping instructions that still `fails`.
Program shrunk(Program program, const std::function<bool(const Program&)>& fails);

/// For people: leaves with their numbers, then a line for each instruction.
std::string to_string(const Program& program);

}  // namespace xtape::dual
