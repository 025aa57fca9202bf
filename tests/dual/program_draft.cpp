#include <algorithm>

#include "tests/dual/program.hpp"

namespace xtape::dual {

namespace {

/// A program that grows. Each result is known, with the rounding it may have, before the next line.
class Growing {
public:
    explicit Growing(Choices& choices) : choices_(choices) {
        const Shape shape = draw_shape(choices_, 1 + choices_.below(3));
        add_leaf(shape);
        for (std::size_t more = 1 + choices_.below(3); more > 0; --more) {
            add_leaf(choices_.coin() ? shape : broadcasting_with(shape).draw(choices_));
        }
    }

    /// Adds an instruction if one can be drafted, and its result is fit for others.
    void try_to_grow(const std::vector<Row>& rows) {
        try {
            Draft draft(choices_, values_, Draft::Operands::existing);
            Call call = rows[choices_.below(rows.size())].draft(draft);
            if (call.plain == nullptr) {
                program_.instructions.push_back({std::move(call), 0});
            } else {
                add(std::move(call));
            }
        } catch (const NothingFits&) {
            return;
        }
    }

    const Program& program() const { return program_; }

private:
    void add_leaf(const Shape& shape) {
        values_.push_back(Random(choices_.below(256)).uniform(shape, -2, 2));
        known_.push_back(constant(values_.back()));
        program_.leaves.push_back(values_.back());
    }

    void add(Call call) {
        std::vector<DualArray> operands;
        for (const std::size_t operand : call.operands) {
            operands.push_back(known_[operand]);
        }
        DualArray y = call.plain(std::move(operands));
        if (is_tame(y)) {
            program_.instructions.push_back({std::move(call), values_.size()});
            values_.push_back(values_of(y));
            known_.push_back(std::move(y));
        }
    }

    /// Small, and by rounding at most some 1e-9 off: far less than what lies between a number and a
    /// kink or a tie.
    static bool is_tame(const DualArray& y) {
        return y.numbers.size() <= 48 &&
               std::all_of(y.numbers.begin(), y.numbers.end(), [](const Dual& number) {
                   return std::abs(number.v.value) <= 1e3 && number.v.size <= 1e6;
               });
    }

    Choices& choices_;
    Program program_;
    std::vector<Array> values_;     // by number
    std::vector<DualArray> known_;  // the same
};

}  // namespace

Program draw_program(Choices& choices, std::size_t length, std::size_t misuse_rate) {
    Growing growing(choices);
    for (std::size_t tries = 0; tries < 20 * length; ++tries) {
        if (growing.program().instructions.size() >= length || choices.exhausted()) {
            break;
        }
        const bool misused = misuse_rate > 0 && choices.one_in(misuse_rate);
        growing.try_to_grow(misused ? misuses() : table());
    }
    return growing.program();
}

}  // namespace xtape::dual
