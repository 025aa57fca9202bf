#include <xtape/core/detail/readings.hpp>

#include <cmath>

#include <xtape/core/detail/bits.hpp>
#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

constexpr double slack = sizeof(Real) == sizeof(double) ? 1e-12 : 1e-5;

/// Whether a and b are equal up to what the order of operations or a fused product may change.
bool equal_but_for_rounding(const Array& a, const Array& b) {
    const double largest = magnitude_of(a);
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double p = double{a.data()[i]};
        const double q = double{b.data()[i]};
        const bool same = p == q || (std::isnan(p) && std::isnan(q));
        if (!same && !(std::abs(p - q) <= slack * largest)) {
            return false;
        }
    }
    return true;
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

    void read_zero() {
        for (const Array& g : read(Array(w_.shape(), 0))) {
            if (!all_zero(g)) {
                note("a zero cotangent gives a gradient that is not zero: a rule ignores g");
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

    /// Gives the rule of the output a cotangent that nobody else holds, as it gets in the middle of
    /// a tape.
    void read_unshared(const std::vector<Array>& shared) {
        const auto hand_over = [this](const Variable&) { return Variable(Array(w_)); };
        const Variable end = record("HandOver", Array(y_.value()), Input{y_, hand_over});
        const std::vector<Variable> unshared =
            tape_.gradients(end, Variable(Array(w_)), subject_.x(), Keep::yes);
        for (std::size_t i = 0; i < shared.size(); ++i) {
            if (!equal_but_for_rounding(shared[i], unshared[i].value())) {
                note(text("the gradient of input ", i,
                          " depends on whether anybody else holds the cotangent"));
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
                gradient /= w_.data()[o];
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

/// Whether adding to `start` in place is adding what the pullback returns.
bool adds_what_it_returns(const Input& input, const Array& g) {
    const Array share = input.pullback(Variable(Array(g))).value();
    const Array start = random_weights(share.shape(), 1);
    Array sum = start;
    input.add_pullback(sum, g);
    for (std::size_t i = 0; i < sum.size(); ++i) {
        const double expected = double{start.data()[i]} + double{share.data()[i]};
        const double size = std::abs(double{start.data()[i]}) + std::abs(double{share.data()[i]});
        if (!(std::abs(double{sum.data()[i]} - expected) <= slack * size)) {
            return false;
        }
    }
    return true;
}

struct Pause {
    Pause() { Journal::here().pause(); }
    ~Pause() { Journal::here().resume(); }
};

/// Of the ways back of the open tape that begins at `start` in the journal.
std::string problem_of_adding(std::size_t start, std::uint64_t seed) {
    Journal& journal = Journal::here();
    const Pause pause;  // the tape shall not see what the rules do
    const std::size_t end = journal.size();
    for (std::size_t i = start; i < end; ++i) {
        for (std::size_t k = 0; k < journal.input_count(i); ++k) {
            const Array g = random_weights(journal.entry(i).shape, seed);
            if (journal.input(i, k).add_pullback && !adds_what_it_returns(journal.input(i, k), g)) {
                return text(journal.entry(i).operation.name,
                            ": adding into a gradient differs from adding what the pullback of "
                            "operand ",
                            k, " returns");
            }
        }
    }
    return "";
}

}  // namespace

Readings read(Subject& subject, const CheckOptions& options) {
    const std::size_t start = Journal::here().size();
    Tape tape;
    const Variable y = subject();
    Readings all{y.value(), random_weights(y.shape(), options.seed), {}, {}, {}};
    Reader reader(subject, tape, y, all.weights);
    const std::ptrdiff_t changed = subject.restore();
    if (changed >= 0) {
        reader.note(text("f changed the numbers of input ", changed));
    }
    try {
        all.together = reader.read(all.weights);
        reader.read_again(all.together);
        reader.read_zero();
        if (options.mode == Mode::full) {
            all.rows = reader.read_rows();
        }
        reader.note(problem_of_adding(start, options.seed));
        reader.read_unshared(all.together);
    } catch (const std::exception& error) {
        reader.note(text("reading the tape threw: ", error.what()));
    }
    all.problem = std::move(reader.problem);
    return all;
}

}  // namespace xtape
