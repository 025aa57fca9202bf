#include <xtape/core/gradient_check.hpp>

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/gradient_check/blame.hpp>
#include <xtape/core/detail/gradient_check/comparison.hpp>
#include <xtape/core/detail/gradient_check/readings.hpp>
#include <xtape/core/detail/gradient_check/rules.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

std::vector<Variable> variables(const std::vector<Array>& arrays) {
    return std::vector<Variable>(arrays.begin(), arrays.end());
}

std::string method_of(const CheckOptions& options) {
    const bool is_linear = options.stencil == Stencil::linear;
    std::string method = is_linear ? "central differences" : "differences over 7 points";
    method += options.step > 0 ? text(" with step ", options.step)
              : is_linear      ? " with step max(1, |x|)"
                               : " with step 2^-7 max(1, |x|)";
    return method +
           (options.mode == Mode::full ? "" : ", along one random direction for each input");
}

/// What can be told of f without its tape.
std::string problem_of_function(Subject& subject) {
    const Array first = subject().value();
    const std::ptrdiff_t changed = subject.restore();
    if (changed >= 0) {
        return text("f changed the numbers of input ", changed);
    }
    return same_bits(subject().value(), first)
               ? ""
               : "f is not deterministic: two calls at the same inputs differ";
}

void require_options(const CheckOptions& options) {
    const auto require = [](const char* name, double value) {
        if (!(value >= 0) || std::isinf(value)) {
            throw ValueError(
                text("gradient_check: ", name, " is ", value, "; it must be 0 or positive"));
        }
    };
    require("step", options.step);
    require("absolute", options.absolute);
    require("relative", options.relative);
}

void examine(Subject& subject, const CheckOptions& options, CheckReport& report) {
    const Readings readings = read(subject, options);
    report.problem = readings.problem;
    if (report.problem.empty()) {
        report.problem = problem_of_rules(subject, options.seed);
    }
    if (!report.problem.empty()) {
        return;
    }
    if (options.mode == Mode::full) {
        compare_entries(subject, readings, options, report);
    } else {
        compare_directions(subject, readings, options, report);
    }
}

}  // namespace

std::uint64_t default_seed() {
    const char* given = std::getenv("XTAPE_SEED");
    if (given == nullptr || *given == '\0') {
        return 1;
    }
    const int base = given[0] == '0' && (given[1] == 'x' || given[1] == 'X') ? 16 : 10;
    char* end = nullptr;
    errno = 0;
    const std::uint64_t seed = std::strtoull(given, &end, base);
    if (*end != '\0' || errno != 0 || given[0] < '0' || given[0] > '9') {
        throw ValueError(text("XTAPE_SEED: '", given, "' is not a number of at most 64 bits"));
    }
    return seed;
}

CheckReport gradient_check(const Function& f, const std::vector<Variable>& inputs,
                           const CheckOptions& options) {
    require_options(options);
    CheckReport report;
    report.seed = options.seed;
    report.method = method_of(options);
    if (options.mode == Mode::directional) {
        report.limits =
            "which element is wrong, and errors of single elements that are small against the "
            "length of the gradient";
    }
    if (inputs.empty()) {
        report.problem = "there is no input to differentiate by";
        return report;
    }
    Subject subject(f, inputs);
    report.problem = problem_of_function(subject);
    if (!report.problem.empty()) {
        return report;  // and nobody can say by whose fault
    }
    examine(subject, options, report);
    if (!report) {
        report.path = path_with_faults(subject, options);
    }
    return report;
}

CheckReport second_gradient_check(const Function& f, const std::vector<Variable>& inputs,
                                  const CheckOptions& options) {
    if (inputs.empty()) {
        return gradient_check(f, inputs, options);
    }
    std::vector<Variable> with_cotangent = inputs;
    with_cotangent.emplace_back(random_weights(f(inputs).shape(), options.seed, 1));
    CheckReport all;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Function gradient_i = [&f, i](const std::vector<Variable>& in) {
            const std::vector<Variable> x(in.begin(), in.end() - 1);
            Tape tape;
            return gradients_on(tape, f(x), in.back(), x)[i];
        };
        CheckReport one = gradient_check(gradient_i, with_cotangent, options);
        one.entries += all.entries;
        one.kinks += all.kinks;
        all = std::move(one);
        if (!all) {
            all.problem = text("in the gradient of input ", i, " (input ", inputs.size(),
                               " is the cotangent)", all.problem.empty() ? "" : ": ", all.problem);
            break;
        }
    }
    return all;
}

CheckReport gradient_check(const Function& f, const std::vector<Array>& inputs,
                           const CheckOptions& options) {
    return gradient_check(f, variables(inputs), options);
}

CheckReport second_gradient_check(const Function& f, const std::vector<Array>& inputs,
                                  const CheckOptions& options) {
    return second_gradient_check(f, variables(inputs), options);
}

}  // namespace xtape
