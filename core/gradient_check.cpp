#include <xtape/core/gradient_check.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <xtape/core/detail/difference.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/random.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

namespace {

std::vector<Variable> variables(const std::vector<Array>& arrays) {
    return std::vector<Variable>(arrays.begin(), arrays.end());
}

std::vector<Array> values(const std::vector<Variable>& inputs) {
    std::vector<Array> arrays;
    for (const Variable& x : inputs) {
        arrays.push_back(x.value());
    }
    return arrays;
}

bool same_bits(const Array& a, const Array& b) {
    return a.shape() == b.shape() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0);
}

/// NaN counts as zero here: it is a fault of its own, and the comparison names it.
bool all_zero(const Array& a) {
    return std::all_of(a.data(), a.data() + a.size(),
                       [](Real v) { return v == 0 || std::isnan(v); });
}

/// Positive and negative, well away from zero and from each other.
Array weights(const Shape& shape, std::uint64_t seed) {
    Random random(seed);
    Array w = random.uniform(shape, 0.5, 1.5);
    for (std::size_t i = 0; i < w.size(); ++i) {
        w.data()[i] *= random.uniform() < 0.5 ? Real(-1) : Real(1);
    }
    return w;
}

/// tape.gradients(y, g, x); zeros where y is not on the tape, because f ignores its inputs.
std::vector<Variable> gradients_on(Tape& tape, const Variable& y, const Variable& g,
                                   const std::vector<Variable>& x, Keep keep = Keep::no) {
    const auto is_y = [&y](const auto& known) { return known.id == y.id(); };
    const auto is_same = [&y](const Variable& known) { return known.id() == y.id(); };
    const std::vector<Note> notes = tape.notes();
    if (std::any_of(notes.begin(), notes.end(), is_y) || std::any_of(x.begin(), x.end(), is_same)) {
        return tape.gradients(y, g, x, keep);
    }
    std::vector<Variable> zeros;
    for (const Variable& input : x) {
        zeros.emplace_back(Array(input.shape(), 0));
    }
    return zeros;
}

/// "Exp <- MatMul <- Add", from the output back.
std::string path_on(const Tape& tape) {
    std::string path;
    const std::vector<Note> notes = tape.notes();
    for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
        path += (path.empty() ? "" : " <- ") + note->op;
    }
    return path;
}

double allowed(double numeric, const CheckOptions& options) {
    constexpr bool is_double = sizeof(Real) == sizeof(double);
    const bool by_default = options.absolute == 0 && options.relative == 0;
    const double absolute = by_default ? (is_double ? 1e-10 : 1e-2) : options.absolute;
    const double relative = by_default ? (is_double ? 1e-9 : 1e-2) : options.relative;
    return absolute + relative * std::abs(numeric);
}

/// The tape's side of the check: dL/dx for L = <weights, f(x)>, and what can be told without
/// any difference.
std::vector<Variable> analytic_gradients(const Function& f, const std::vector<Variable>& x,
                                         std::uint64_t seed, CheckReport& report) {
    Tape tape;
    const Variable y = f(x);
    report.path = path_on(tape);
    const Variable w(weights(y.shape(), seed));
    const Variable zero(Array(y.shape(), 0));
    for (const Variable& g : gradients_on(tape, y, zero, x, Keep::yes)) {
        if (!all_zero(g.value())) {
            report.problem = "a zero cotangent gives a gradient that is not zero: a rule ignores g";
        }
    }
    const std::vector<Variable> first = gradients_on(tape, y, w, x, Keep::yes);
    const std::vector<Variable> again = gradients_on(tape, y, w, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!same_bits(first[i].value(), again[i].value())) {
            report.problem = text("the gradient of input ", i, " differs between two readings");
        }
    }
    if (!same_bits(f(x).value(), f(x).value())) {
        report.problem = "f is not deterministic: two calls at the same inputs differ";
    }
    return first;
}

void compare(const Function& f, const std::vector<Array>& at, const std::vector<Variable>& analytic,
             const CheckOptions& options, CheckReport& report) {
    const auto output_at = [&f](const std::vector<Array>& point) {
        return f(variables(point)).value();
    };
    const Array w = weights(output_at(at).shape(), options.seed);
    std::vector<Array> point = at;
    for (std::size_t input = 0; input < at.size(); ++input) {
        for (std::size_t i = 0; i < at[input].size(); ++i) {
            const double numeric = weighted_difference([&] { return output_at(point); },
                                                       point[input].data()[i], w, options);
            const double taped = double{analytic[input].value().data()[i]};
            ++report.entries;
            if (!(std::abs(taped - numeric) <= allowed(numeric, options))) {
                report.mismatches.push_back({input, place_of(i, at[input].shape()), taped, numeric,
                                             allowed(numeric, options)});
            }
        }
    }
}

}  // namespace

CheckReport gradient_check(const Function& f, const std::vector<Array>& inputs,
                           const CheckOptions& options) {
    CheckReport report;
    report.seed = options.seed;
    if (inputs.empty()) {
        report.problem = "there is no input to differentiate by";
        return report;
    }
    const std::vector<Variable> x = variables(inputs);
    const std::vector<Variable> analytic = analytic_gradients(f, x, options.seed, report);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!same_bits(x[i].value(), inputs[i])) {
            report.problem = text("f changed the numbers of input ", i);
        }
    }
    if (report.problem.empty()) {
        compare(f, inputs, analytic, options, report);
    }
    return report;
}

CheckReport second_gradient_check(const Function& f, const std::vector<Array>& inputs,
                                  const CheckOptions& options) {
    if (inputs.empty()) {
        return gradient_check(f, inputs, options);
    }
    CheckReport all;
    std::vector<Array> with_cotangent = inputs;
    {
        const Variable y = f(variables(inputs));
        with_cotangent.push_back(weights(y.shape(), options.seed + 1));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Function gradient_i = [&f, i](const std::vector<Variable>& in) {
            const std::vector<Variable> x(in.begin(), in.end() - 1);
            Tape tape;
            return gradients_on(tape, f(x), in.back(), x)[i];
        };
        CheckReport one = gradient_check(gradient_i, with_cotangent, options);
        all.entries += one.entries;
        if (!one) {
            one.problem = text("in the gradient of input ", i, " (input ", inputs.size(),
                               " is the cotangent)", one.problem.empty() ? "" : ": ", one.problem);
            return one;
        }
        all.path = one.path;
        all.seed = one.seed;
    }
    return all;
}

CheckReport gradient_check(const Function& f, const std::vector<Variable>& inputs,
                           const CheckOptions& options) {
    return gradient_check(f, values(inputs), options);
}

CheckReport second_gradient_check(const Function& f, const std::vector<Variable>& inputs,
                                  const CheckOptions& options) {
    return second_gradient_check(f, values(inputs), options);
}

}  // namespace xtape
