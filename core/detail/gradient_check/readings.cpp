#include <xtape/core/detail/gradient_check/readings.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/gradient_check/rules.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

bool is_finite(const Array& a) {
    return std::all_of(a.begin(), a.end(), [](Real v) { return std::isfinite(v); });
}

/// All readings of one tape, and the first thing that is wrong with them.
class Reader {
public:
    Reader(Subject& subject, Tape& tape, Variable y, Array w)
        : subject_(subject), tape_(tape), y_(std::move(y)), w_(std::move(w)) {}

    std::string problem;

    std::vector<Array> read(const Array& g) {
        const Variable cotangent(g);
        std::vector<Array> gradients;
        for (const Variable& x : gradients_on(tape_, y_, cotangent, subject_.x(), Keep::yes)) {
            gradients.push_back(x.value());
        }
        if (!same_bits(cotangent.value(), g)) {
            note("a rule changes its cotangent");
        }
        const std::ptrdiff_t changed = subject_.restore();
        if (changed >= 0) {
            note(text("a rule changes the numbers of input ", changed));
        }
        return gradients;
    }

    void read_zero(const std::vector<Array>& first) {
        const std::vector<Array> zero = read(Array(w_.shape(), 0));
        for (std::size_t i = 0; i < zero.size(); ++i) {
            if (!all_zero(zero[i])) {
                note("a zero cotangent gives a gradient that is not zero: a rule ignores g");
            }
            if (is_finite(first[i]) && !is_finite(zero[i])) {
                note(text("a zero cotangent gives a gradient of input ", i,
                          " that is nan: a rule divides by g"));
            }
        }
    }

    void read_again(const std::vector<Array>& first) {
        const std::vector<Array> again = read(w_);
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (!same_bits(first[i], again[i])) {
                note(text("the gradient of input ", i, " differs between two readings"));
            }
        }
    }

    /// Rules are linear in g: also where g is large or small, or has the other sign.
    void read_multiples(const std::vector<Array>& first) {
        for (const Real factor : {Real(-1), Real(1 << 20), Real(-1) / (1 << 20)}) {
            const std::vector<Array> multiple = read(w_ * factor);
            for (std::size_t i = 0; i < first.size(); ++i) {
                if (is_finite(multiple[i]) &&
                    !equal_but_for_rounding(first[i] * factor, multiple[i])) {
                    note(text("a cotangent ", factor,
                              " times as large does not give a gradient of input ", i,
                              " that is: a rule is not linear in g"));
                }
            }
        }
    }

    std::vector<std::vector<Array>> read_rows() {
        std::vector<std::vector<Array>> rows;
        for (std::size_t o = 0; o < w_.size(); ++o) {
            Array g(w_.shape(), 0);
            g.data()[o] = w_.data()[o];
            rows.push_back(read(g));
            for (Array& gradient : rows.back()) {
                gradient /= w_.data()[o] != 0 ? w_.data()[o] : Real(1);
            }
        }
        return rows;
    }

    void note(std::string what) {
        if (problem.empty()) {
            problem = std::move(what);
        }
    }

private:
    Subject& subject_;
    Tape& tape_;
    Variable y_;
    Array w_;
};

}  // namespace

Readings read(Subject& subject, const CheckOptions& options) {
    Tape tape;
    const Variable y = subject();
    Readings all{y.value(), weights_of(y.value(), options.seed), {}, {}, {}};
    Reader reader(subject, tape, y, all.weights);
    if (all.value.size() > 0 && all_zero(all.weights)) {
        reader.note("every output is infinite: there is nothing to compare");
    }
    try {
        all.together = reader.read(all.weights);
        reader.read_again(all.together);
        reader.read_zero(all.together);
        if (options.mode == Mode::full) {
            all.rows = reader.read_rows();
        }
        reader.read_multiples(all.together);
    } catch (const std::exception& error) {
        reader.note(text("reading the tape threw: ", error.what()));
    }
    subject.restore();
    all.problem = std::move(reader.problem);
    return all;
}

}  // namespace xtape
