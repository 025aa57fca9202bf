#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>

namespace xtape {

namespace {

double error(const Mismatch& m) {
    return std::abs(m.analytic - m.numeric);
}

/// Whether one factor explains every mismatch: then it is a forgotten factor, not noise.
bool has_constant_ratio(const std::vector<Mismatch>& mismatches) {
    const double ratio = mismatches.front().analytic / mismatches.front().numeric;
    return mismatches.size() > 1 &&
           std::all_of(mismatches.begin(), mismatches.end(), [ratio](const Mismatch& m) {
               return std::abs(m.analytic - ratio * m.numeric) <= m.allowed;
           });
}

std::string diagnosis(const std::vector<Mismatch>& mismatches) {
    const auto all = [&](auto test) {
        return std::all_of(mismatches.begin(), mismatches.end(), test);
    };
    if (all([](const Mismatch& m) { return std::isnan(m.analytic); })) {
        return "the rule returns NaN";
    }
    if (all([](const Mismatch& m) { return m.analytic == 0; })) {
        return "the rule returns 0 where the function changes: a path is missing";
    }
    if (has_constant_ratio(mismatches)) {
        return text("analytic / numeric is ",
                    mismatches.front().analytic / mismatches.front().numeric,
                    " for all of them: a wrong factor, not noise");
    }
    return "";
}

/// Without the sign of zero and of nan, which says nothing.
double plain(double v) {
    return v == 0 || std::isnan(v) ? std::abs(v) : v;
}

void print_entry(std::ostream& out, const Mismatch& m) {
    out << "input " << m.input << " at " << text(m.place) << std::setprecision(10) << ": analytic "
        << plain(m.analytic) << ", numeric " << plain(m.numeric) << std::setprecision(3)
        << ", difference " << error(m) << ", allowed " << m.allowed << ", ratio "
        << std::setprecision(6) << plain(m.analytic / m.numeric) << '\n';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const CheckReport& report) {
    if (report) {
        return out << "gradient check passed: " << report.entries << " entries compared\n";
    }
    const std::streamsize precision = out.precision();
    out << "gradient check FAILED";
    if (!report.problem.empty()) {
        out << ": " << report.problem;
    }
    out << '\n';
    if (!report.mismatches.empty()) {
        const Mismatch& worst = *std::max_element(
            report.mismatches.begin(), report.mismatches.end(),
            [](const Mismatch& a, const Mismatch& b) {
                return error(a) < error(b) || (std::isnan(error(b)) && !std::isnan(error(a)));
            });
        out << "  " << report.mismatches.size() << " of " << report.entries << " entries differ\n";
        out << "  worst: ";
        print_entry(out, worst);
        if (&worst != &report.mismatches.front()) {
            out << "  first: ";
            print_entry(out, report.mismatches.front());
        }
        const std::string what = diagnosis(report.mismatches);
        out << (what.empty() ? "" : "  " + what + "\n");
    }
    out << "  path: " << (report.path.empty() ? "nothing is on the tape" : report.path) << '\n';
    out << "  seed: " << report.seed << '\n';
    out.precision(precision);
    return out;
}

std::string to_string(const CheckReport& report) {
    return text(report);
}

}  // namespace xtape
