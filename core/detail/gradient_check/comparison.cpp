#include <xtape/core/detail/gradient_check/comparison.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/gradient_check/hint.hpp>
#include <xtape/core/detail/gradient_check/verdict.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr std::size_t most_listed = 10000;
constexpr std::size_t enough_wrong = 10;  // columns; then no more are examined

void add_mismatch(CheckReport& report, Mismatch mismatch) {
    ++report.differing;
    if (report.mismatches.size() < most_listed) {
        report.mismatches.push_back(std::move(mismatch));
    }
}

/// The column of the Jacobian that one input element makes.
class Column {
public:
    Column(Subject& subject, const Readings& readings, const CheckOptions& options,
           std::size_t input, std::size_t element)
        : readings_(readings), options_(options), input_(input), element_(element) {
        const Line line = [&subject, input, element](double t) {
            Subject::Moved moved = subject.moved(input, element, t);
            return Sample{moved.by, std::move(moved.y)};
        };
        line_ = line;
        step_ = first_step(std::abs(double{subject.original(input).data()[element]}), options);
        slopes_ = slopes(line_, step_, options.stencil);
    }

    bool is_right() const {
        for (std::size_t o = 0; o < slopes_.size(); ++o) {
            if (!verdict(o).is_right) {
                return false;
            }
        }
        return true;
    }

    /// Looks again at those outputs that seem to be wrong.
    void examine() {
        const std::vector<Slope> examined = examined_slopes(line_, step_, options_.stencil);
        for (std::size_t o = 0; o < slopes_.size(); ++o) {
            slopes_[o] = verdict(o).is_right ? slopes_[o] : examined[o];
        }
    }

    void note(CheckReport& report) const {
        for (std::size_t o = 0; o < slopes_.size(); ++o) {
            const Verdict v = verdict(o);
            report.entries += is_compared(o) ? 1 : 0;
            report.kinks += v.is_at_kink ? 1 : 0;
            if (!v.is_right) {
                const Shape place = place_of(element_, readings_.together[input_].shape());
                const Shape output = place_of(o, readings_.value.shape());
                add_mismatch(report, {input_, place, output, analytic(o), v.numeric, v.allowed,
                                      slopes_[o].doubt});
            }
        }
    }

    double numeric(std::size_t o) const { return verdict(o).numeric; }

private:
    double analytic(std::size_t o) const {
        return double{readings_.rows[o][input_].data()[element_]};
    }
    Verdict verdict(std::size_t o) const {
        return is_compared(o) ? judge(analytic(o), slopes_[o], options_)
                              : Verdict{true, false, 0, 0};
    }
    /// What is infinite has no slope.
    bool is_compared(std::size_t o) const { return readings_.weights.data()[o] != 0; }

    const Readings& readings_;
    const CheckOptions& options_;
    std::size_t input_, element_;
    Line line_;
    double step_;
    std::vector<Slope> slopes_;
};

/// Whether all outputs at once give the sum of what each gives alone.
void compare_together(const Readings& readings, CheckReport& report) {
    constexpr double slack = sizeof(Real) == sizeof(double) ? 1e-9 : 1e-4;
    for (std::size_t input = 0; input < readings.together.size(); ++input) {
        for (std::size_t i = 0; i < readings.together[input].size(); ++i) {
            double sum = 0;
            double size = 0;
            for (std::size_t o = 0; o < readings.rows.size(); ++o) {
                if (readings.weights.data()[o] == 0) {
                    continue;  // it is infinite
                }
                const double term =
                    double{readings.weights.data()[o]} * double{readings.rows[o][input].data()[i]};
                sum += term;
                size += std::abs(term);
            }
            const double analytic = double{readings.together[input].data()[i]};
            const double allowed = slack * (size + 1e-2);
            if (!(std::abs(analytic - sum) <= allowed)) {
                const Shape place = place_of(i, readings.together[input].shape());
                add_mismatch(report, {input, place, {}, analytic, sum, allowed});
            }
        }
    }
    if (report.differing > 0) {
        report.hint =
            "every output alone gives the right gradient, and all at once do not: a rule assigns "
            "where it has to add, or is not linear in g";
    }
}

}  // namespace

void compare_entries(Subject& subject, const Readings& readings, const CheckOptions& options,
                     CheckReport& report) {
    Jacobian numeric;
    std::size_t wrong = 0;
    for (std::size_t input = 0; input < readings.together.size(); ++input) {
        numeric.emplace_back(readings.rows.size(),
                             std::vector<double>(readings.together[input].size()));
        for (std::size_t i = 0; i < readings.together[input].size(); ++i) {
            if (!std::isfinite(subject.original(input).data()[i])) {
                continue;  // it cannot be moved
            }
            Column column(subject, readings, options, input, i);
            if (!column.is_right() && wrong < enough_wrong) {
                column.examine();
                wrong += column.is_right() ? 0 : 1;
            }
            column.note(report);
            for (std::size_t o = 0; o < readings.rows.size(); ++o) {
                numeric[input][o][i] = column.numeric(o);
            }
        }
    }
    if (report.differing > 0) {
        report.hint = hint_of(report.mismatches, readings, numeric, options);
    } else {
        compare_together(readings, report);
    }
}

void compare_directions(Subject& subject, const Readings& readings, const CheckOptions& options,
                        CheckReport& report) {
    for (std::size_t input = 0; input < readings.together.size(); ++input) {
        const Array& gradient = readings.together[input];
        const Array d = random_weights(gradient.shape(), options.seed, input + 2);
        const Line line = [&](double t) { return Sample{t, subject.moved(input, d, t)}; };
        const double step = first_step(magnitude_of(subject.original(input)), options);
        const double analytic = dot(gradient, d);
        const double size = std::sqrt(dot(gradient, gradient));
        const auto verdict_on = [&](const std::vector<Slope>& slopes) {
            return judge(analytic, weighted(slopes, readings.weights), options, size);
        };
        std::vector<Slope> found = slopes(line, step, options.stencil);
        if (!verdict_on(found).is_right) {
            found = examined_slopes(line, step, options.stencil);
        }
        const Verdict v = verdict_on(found);
        ++report.entries;
        report.kinks += v.is_at_kink ? 1 : 0;
        if (!v.is_right) {
            add_mismatch(report, {input,
                                  {},
                                  {},
                                  analytic,
                                  v.numeric,
                                  v.allowed,
                                  weighted(found, readings.weights).doubt});
        }
    }
    if (report.differing > 0) {
        report.hint = hint_of(report.mismatches, readings, {}, options);
    }
}

}  // namespace xtape
