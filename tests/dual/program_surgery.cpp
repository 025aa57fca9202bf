#include <algorithm>
#include <iomanip>
#include <set>
#include <sstream>

#include "tests/dual/program.hpp"

namespace xtape::dual {

namespace {

bool uses_any(const Instruction& instruction, const std::set<std::size_t>& numbers) {
    const auto& operands = instruction.call.operands;
    return std::any_of(operands.begin(), operands.end(),
                       [&](std::size_t operand) { return numbers.count(operand) > 0; });
}

/// The numbers of results that are still to come.
std::set<std::size_t> results_of(const std::vector<Instruction>& instructions) {
    std::set<std::size_t> numbers;
    for (const Instruction& instruction : instructions) {
        if (!instruction.is_misuse()) {
            numbers.insert(instruction.result);
        }
    }
    return numbers;
}

}  // namespace

Program reordered(const Program& program, Choices& choices) {
    std::vector<Instruction> waiting = program.instructions;
    Program result{program.leaves, {}};
    while (!waiting.empty()) {
        const std::set<std::size_t> missing = results_of(waiting);
        std::vector<std::size_t> ready;
        for (std::size_t k = 0; k < waiting.size(); ++k) {
            if (!uses_any(waiting[k], missing)) {
                ready.push_back(k);
            }
        }
        const auto chosen =
            waiting.begin() + static_cast<std::ptrdiff_t>(ready[choices.below(ready.size())]);
        result.instructions.push_back(*chosen);
        waiting.erase(chosen);
    }
    return result;
}

Program without(const Program& program, std::size_t k) {
    Program rest{program.leaves, {}};
    std::set<std::size_t> gone;
    for (std::size_t i = 0; i < program.instructions.size(); ++i) {
        const Instruction& instruction = program.instructions[i];
        if (i != k && !uses_any(instruction, gone)) {
            rest.instructions.push_back(instruction);
        } else if (!instruction.is_misuse()) {
            gone.insert(instruction.result);
        }
    }
    return rest;
}

Program shrunk(Program program, const std::function<bool(const Program&)>& fails) {
    for (std::size_t k = program.instructions.size(); k-- > 0;) {
        k = std::min(k, program.instructions.size() - 1);
        Program shorter = without(program, k);
        if (has_results(shorter) && fails(shorter)) {
            program = std::move(shorter);
        }
    }
    return program;
}

std::string to_string(const Program& program) {
    std::ostringstream out;
    out << std::setprecision(17);
    for (std::size_t i = 0; i < program.leaves.size(); ++i) {
        const Array& leaf = program.leaves[i];
        out << text("#", i, " = ", leaf.shape(), " {");
        for (std::size_t j = 0; j < leaf.size(); ++j) {
            out << (j > 0 ? ", " : "") << leaf.data()[j];
        }
        out << "}\n";
    }
    for (const Instruction& instruction : program.instructions) {
        out << (instruction.is_misuse() ? "" : text("#", instruction.result, " = "))
            << instruction.call.text << "\n";
    }
    return out.str();
}

}  // namespace xtape::dual
