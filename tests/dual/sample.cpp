#include "tests/dual/sample.hpp"

namespace xtape::dual {

Sample sample(const Row& row, Choices& choices) {
    for (;;) {
        try {
            std::vector<Array> operands;
            Draft draft(choices, operands, Draft::Operands::drawn);
            Call call = row.draft(draft);
            return {std::move(operands), std::move(call)};
        } catch (const NothingFits&) {
            continue;  // a shape that this operator does not take
        }
    }
}

namespace {

template <class Value>
std::vector<Value> chosen(const std::vector<Value>& values,
                          const std::vector<std::size_t>& numbers) {
    std::vector<Value> operands;
    for (const std::size_t number : numbers) {
        operands.push_back(values[number]);
    }
    return operands;
}

}  // namespace

Subject subject_of(const Sample& sample) {
    const Call call = sample.call;
    return {
        sample.operands,
        [call](const std::vector<Variable>& x) { return call.taped(chosen(x, call.operands)); },
        [call](const std::vector<DualArray>& x) { return call.plain(chosen(x, call.operands)); }};
}

}  // namespace xtape::dual
