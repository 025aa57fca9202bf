#include <xtape/core/check_report.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include <xtape/core/detail/gradient_check/ratio.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr std::size_t most_steps_shown = 20;

double error(const Mismatch& m) {
    return std::abs(m.analytic - m.numeric);
}

bool is_worse(const Mismatch& a, const Mismatch& b) {
    return error(a) > error(b) || (std::isnan(error(a)) && !std::isnan(error(b)));
}

/// Without the sign of zero and of nan, which says nothing.
double plain(double v) {
    return v == 0 || std::isnan(v) ? std::abs(v) : v;
}

void print_entry(std::ostream& out, const Mismatch& m) {
    out << "input " << m.input;
    out << (m.place ? " at " + text(*m.place) : " along a random direction");
    out << (m.output ? ", output at " + text(*m.output) : "") << std::setprecision(10)
        << ": analytic " << plain(m.analytic) << ", numeric " << plain(m.numeric)
        << std::setprecision(3) << ", difference " << error(m) << ", allowed " << m.allowed
        << ", ratio " << ratio_text(m.analytic / m.numeric);
    out << (4 * m.doubt > m.allowed ? text(", differences doubtful by ", m.doubt) : "") << '\n';
}

void print_mismatches(std::ostream& out, const CheckReport& report) {
    const std::vector<Mismatch>& all = report.mismatches;
    const auto worst = std::min_element(all.begin(), all.end(), is_worse);
    out << "  " << report.differing << " of " << report.entries << " entries differ\n  worst: ";
    print_entry(out, *worst);
    if (worst != all.begin()) {
        out << "  first: ";
        print_entry(out, all.front());
    }
}

std::string line_of(const PathStep& step) {
    std::string line = text("    #", step.number, "  ", step.call, "  ", step.shape, "  <- ");
    for (const std::string& input : step.inputs) {
        line += (&input == &step.inputs.front() ? "" : ", ") + input;
    }
    return line + (step.fault.empty() ? "\n" : "\n        ^ " + step.fault + "\n");
}

/// What only passes the fault on is left out of a long list.
void print_path(std::ostream& out, const std::vector<PathStep>& path, bool is_all_right) {
    if (path.empty()) {
        out << "  way back: none, the output does not depend on any input by what is on the tape\n";
        return;
    }
    out << "  way back, from the output:\n";
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (i < most_steps_shown || !path[i].fault.empty()) {
            out << line_of(path[i]);
        } else {
            ++left_out;
        }
    }
    if (left_out > 0) {
        out << "    and " << left_out << " more\n";
    }
    const bool has_fault = std::any_of(path.begin(), path.end(),
                                       [](const PathStep& step) { return !step.fault.empty(); });
    if (!has_fault && is_all_right) {
        out << (path.size() <= most_steps_examined
                    ? "    each of them passes its own check\n"
                    : "    the first 200 of them pass their own checks\n");
    }
}

void print_limits(std::ostream& out, const CheckReport& report) {
    if (!report.limits.empty()) {
        out << "  cannot see: " << report.limits << '\n';
    }
}

void print_passed(std::ostream& out, const CheckReport& report) {
    out << "gradient check passed: " << report.entries << " entries compared";
    if (report.kinks > 0) {
        out << ", " << report.kinks << " of them at kinks, between the slopes of both sides";
    }
    out << '\n';
    print_limits(out, report);
}

void print_failed(std::ostream& out, const CheckReport& report) {
    out << "gradient check FAILED" << (report.problem.empty() ? "" : ": ") << report.problem
        << '\n';
    if (!report.mismatches.empty()) {
        print_mismatches(out, report);
    }
    if (!report.hint.empty()) {
        out << "  " << report.hint << '\n';
    }
    if (report.problem.empty() || !report.path.empty()) {
        print_path(out, report.path, report.problem.empty());
    }
    out << "  method: " << report.method << '\n';
    print_limits(out, report);
    out << "  repeat: XTAPE_SEED=" << report.seed << '\n';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const CheckReport& report) {
    const std::streamsize precision = out.precision();
    if (report) {
        print_passed(out, report);
    } else {
        print_failed(out, report);
    }
    out.precision(precision);
    return out;
}

std::string to_string(const CheckReport& report) {
    return text(report);
}

}  // namespace xtape
