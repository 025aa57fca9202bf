#include "tests/dual/program.hpp"

#include <set>
#include <stdexcept>

#include <xtape/ops/concat.hpp>
#include <xtape/ops/reshape.hpp>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

template <class Value>
std::map<std::size_t, Value> numbered(const std::vector<Value>& leaves) {
    std::map<std::size_t, Value> values;
    for (const Value& leaf : leaves) {
        values.emplace(values.size(), leaf);
    }
    return values;
}

/// The results that are nobody's operand. A misuse does not count.
std::set<std::size_t> outputs_of(const Program& program) {
    std::set<std::size_t> operands;
    std::set<std::size_t> outputs;
    for (const Instruction& instruction : program.instructions) {
        if (!instruction.is_misuse()) {
            operands.insert(instruction.call.operands.begin(), instruction.call.operands.end());
            outputs.insert(instruction.result);
        }
    }
    for (const std::size_t operand : operands) {
        outputs.erase(operand);
    }
    return outputs;
}

/// How often each value is an operand, or an output.
std::map<std::size_t, std::size_t> uses_of(const Program& program) {
    std::map<std::size_t, std::size_t> uses;
    for (const std::size_t output : outputs_of(program)) {
        ++uses[output];
    }
    for (const Instruction& instruction : program.instructions) {
        for (const std::size_t operand : instruction.call.operands) {
            ++uses[operand];
        }
    }
    return uses;
}

Shape as_vector(const Variable& x) {
    return {x.value().size()};
}
Shape as_vector(const DualArray& x) {
    return {x.numbers.size()};
}

template <class Value>
Value joined_outputs(const Program& program, const std::map<std::size_t, Value>& values) {
    std::vector<Value> parts;
    for (const std::size_t number : outputs_of(program)) {
        const Value& part = values.at(number);
        parts.push_back(reshape(part, as_vector(part)));
    }
    return concat(parts, 0);
}

void require_refusal(const Call& call, const std::vector<Variable>& operands) {
    try {
        call.taped(operands);
    } catch (const Error&) {
        return;
    }
    throw std::logic_error(call.text + ": it was accepted");
}

/// The values of a program that runs, as long as they are needed.
class Values {
public:
    Values(const Program& program, const std::vector<Variable>& leaves, Hold hold)
        : values_(numbered(leaves)), uses_(uses_of(program)), hold_(hold) {}

    std::vector<Variable> operands_of(const Instruction& instruction) {
        std::vector<Variable> operands;
        for (const std::size_t number : instruction.call.operands) {
            operands.push_back(values_.at(number));
            if (--uses_[number] == 0 && hold_ == Hold::needed) {
                values_.erase(number);
            }
        }
        return operands;
    }
    void keep(std::size_t number, Variable value) { values_.emplace(number, std::move(value)); }
    const std::map<std::size_t, Variable>& left() const { return values_; }

private:
    std::map<std::size_t, Variable> values_;
    std::map<std::size_t, std::size_t> uses_;
    Hold hold_;
};

}  // namespace

bool has_results(const Program& program) {
    return !outputs_of(program).empty();
}

Variable run(const Program& program, const std::vector<Variable>& leaves, Hold hold) {
    Values values(program, leaves, hold);
    for (const Instruction& instruction : program.instructions) {
        if (instruction.is_misuse()) {
            require_refusal(instruction.call, values.operands_of(instruction));
        } else {
            values.keep(instruction.result,
                        instruction.call.taped(values.operands_of(instruction)));
        }
    }
    return joined_outputs(program, values.left());
}

DualArray run(const Program& program, const std::vector<DualArray>& leaves) {
    std::map<std::size_t, DualArray> values = numbered(leaves);
    for (const Instruction& instruction : program.instructions) {
        if (!instruction.is_misuse()) {
            std::vector<DualArray> operands;
            for (const std::size_t number : instruction.call.operands) {
                operands.push_back(values.at(number));
            }
            values.emplace(instruction.result, instruction.call.plain(std::move(operands)));
        }
    }
    return joined_outputs(program, values);
}

Subject subject_of(const Program& program) {
    return {program.leaves, [program](const std::vector<Variable>& x) { return run(program, x); },
            [program](const std::vector<DualArray>& x) { return run(program, x); }};
}

}  // namespace xtape::dual
