#include <map>

#include <xtape/xtape.hpp>

#include "derivatives.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

using In = const std::vector<Variable>&;
using At = const Json&;  // the instruction
using Apply = Variable (*)(In x, At a);

const std::map<std::string, Apply> instructions = {
    {"add", [](In x, At) { return x[0] + x[1]; }},
    {"cat0", [](In x, At) { return concat(x, 0); }},
    {"exp_s", [](In x, At) { return exp(scale(x[0], Real(0.3))); }},
    {"gather1", [](In x, At a) { return gather(x[0], 1, index_of(a.at("index"))); }},
    {"log_softmax", [](In x, At) { return log_softmax(x[0], -1); }},
    {"masked_fill0", [](In x, At a) { return masked_fill(x[0], mask_of(a.at("mask")), 0); }},
    {"matmul", [](In x, At) { return matmul(x[0], x[1]); }},
    {"mean_all", [](In x, At) { return mean(x[0]); }},
    {"mul", [](In x, At) { return x[0] * x[1]; }},
    {"neg", [](In x, At) { return -x[0]; }},
    {"scale", [](In x, At a) { return scale(x[0], static_cast<Real>(number_of(a.at("c")))); }},
    {"sigmoid", [](In x, At) { return sigmoid(x[0]); }},
    {"softmax", [](In x, At) { return softmax(x[0], -1); }},
    {"softplus", [](In x, At) { return softplus(x[0]); }},
    {"square", [](In x, At) { return square(x[0]); }},
    {"sub", [](In x, At) { return x[0] - x[1]; }},
    {"sum_keep0", [](In x, At) { return reduce_sum(x[0], {0}, keep_dims); }},
    {"sum_keep1", [](In x, At) { return reduce_sum(x[0], {1}, keep_dims); }},
    {"tanh", [](In x, At) { return tanh(x[0]); }},
    {"transpose", [](In x, At) { return transpose(x[0]); }},
};

/// Values are numbered: the leaves first, then the result of each instruction.
Variable run(const Json& program, std::vector<Variable> values) {
    for (const Json& step : program) {
        std::vector<Variable> operands;
        for (const Json& number : step.at("in")) {
            operands.push_back(values.at(number.get<std::size_t>()));
        }
        const auto instruction = instructions.find(step.at("op").get<std::string>());
        if (instruction == instructions.end()) {
            throw std::runtime_error("no instruction is known by the name " + step.at("op").dump());
        }
        values.push_back(instruction->second(operands, step));
    }
    return values.back();
}

}  // namespace

void check_program(const Json& one, const Json&, Verdict& verdict) {
    std::vector<Variable> leaves;
    for (const Array& leaf : arrays_of(one.at("leaves"))) {
        leaves.emplace_back(leaf);
    }
    const Function f = [&](In x) { return run(one.at("prog"), x); };
    const std::vector<bool> all(leaves.size(), true);
    compare("", f, leaves, expected_of(one, all), usual, verdict);
}

}  // namespace oracle
