// A program of tests with a rule made wrong from outside: XTAPE_FAULT=Exp:0:negated. What is recorded is
// listed by XTAPE_FAULT=list, an operation and the number of its operands a line.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "tests/mutants/faults.hpp"

namespace xtape {

namespace {

/// Printed when the program ends.
struct Findings {
    std::map<std::string, std::size_t> operands;  // by operation, the most
    std::size_t effects = 0;
    bool is_wanted = false;

    ~Findings() {
        for (const auto& [op, count] : operands) {
            std::cout << "XTAPE_FAULT " << op << ' ' << count << '\n';
        }
        if (is_wanted) {
            std::cout << "XTAPE_FAULT had " << effects << " effects\n";
        }
    }
};
Findings findings;

Interception::See what_is_asked_for(const std::string& given) {
    if (given == "list") {
        return [](const Operation& operation, Variable&, Input*, std::size_t count) {
            std::size_t& most = findings.operands[operation.name];
            most = std::max(most, count);
        };
    }
    const std::optional<Fault> fault = parse_fault(given);
    if (!fault) {
        std::cerr << "XTAPE_FAULT: '" << given << "' is no fault; Exp:0:negated is one\n";
        std::exit(2);
    }
    findings.is_wanted = true;
    return making(*fault, findings.effects);
}

/// On the thread that runs the tests, which it outlives.
Interception* from_environment() {
    const char* given = std::getenv("XTAPE_FAULT");
    return given != nullptr ? new Interception(what_is_asked_for(given)) : nullptr;
}
Interception* const interception = from_environment();

}  // namespace

}  // namespace xtape
