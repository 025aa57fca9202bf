#include <xtape/core/tape.hpp>

#include <algorithm>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/detail/reading.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

Tape::Tape(Watch watching) : journal_(Journal::here()), start_(journal_.size()), watch_(watching) {
    journal_.enter(watch_ == Watch::yes);
}

Tape::~Tape() {
    if (state_ == State::open) {
        journal_.pause();
        close();
    }
}

void Tape::close() noexcept {
    state_ = State::read;
    journal_.leave(start_, watch_ == Watch::yes);
}

void Tape::require_readable() const {
    if (&journal_ != &Journal::here()) {
        throw TapeError("Tape: it was opened on another thread; every thread opens its own");
    }
    if (state_ == State::reading) {
        throw TapeError(
            "Tape: it is being read; a pullback that differentiates opens its own tape");
    }
    if (state_ == State::read) {
        throw TapeError(
            "Tape: it was read already and is empty; pass Keep::yes to the first reading to read "
            "it again");
    }
}

/// The cotangent of a loss.
Variable Tape::one_for(const Variable& loss) const {
    require_readable();
    if (loss.value().size() != 1) {
        throw ShapeError(text("Tape: gradients start from a single number, not from shape ",
                              loss.shape(),
                              "; reduce it first, e.g. with reduce_sum, or pass a "
                              "cotangent of that shape"));
    }
    return Variable(Array(loss.shape(), 1));
}

std::vector<Variable> Tape::gradients(const Variable& loss, const std::vector<Variable>& sources,
                                      Keep keep) {
    return gradients(loss, one_for(loss), sources, keep);
}

std::vector<Variable> Tape::add_gradients(const Variable& loss,
                                          const std::vector<Variable>& sources,
                                          std::vector<Variable> sums, Keep keep) {
    return add_gradients(loss, one_for(loss), sources, std::move(sums), keep);
}

std::vector<Variable> Tape::gradients(const Variable& y, const Variable& cotangent,
                                      const std::vector<Variable>& sources, Keep keep) {
    return read(y, cotangent, sources, nullptr, keep);
}

std::vector<Variable> Tape::add_gradients(const Variable& y, const Variable& cotangent,
                                          const std::vector<Variable>& sources,
                                          std::vector<Variable> sums, Keep keep) {
    if (sums.size() != sources.size()) {
        throw ValueError(text("Tape: there are ", sums.size(), " sums for ", sources.size(),
                              " sources; each needs one"));
    }
    for (std::size_t k = 0; k < sums.size(); ++k) {
        if (sums[k].shape() != sources[k].shape()) {
            throw ShapeError(text("Tape: sum ", k, " has shape ", sums[k].shape(),
                                  " and its source ", sources[k].shape(), "; they must be equal"));
        }
    }
    return read(y, cotangent, sources, &sums, keep);
}

/// However a reading ends, also by an exception in a pullback, the tape is closed or open again
/// afterwards.
class Tape::Guard {
public:
    Guard(Tape& tape, Keep keep) : tape_(tape), keep_(keep) {
        tape_.state_ = State::reading;
        tape_.journal_.pause();
    }
    ~Guard() {
        if (keep_ == Keep::no) {
            tape_.close();
        } else {
            tape_.state_ = State::open;
            tape_.journal_.resume();
        }
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

private:
    Tape& tape_;
    Keep keep_;
};

std::vector<Variable> Tape::read(const Variable& y, const Variable& cotangent,
                                 const std::vector<Variable>& sources, std::vector<Variable>* sums,
                                 Keep keep) {
    require_readable();
    if (cotangent.shape() != y.shape()) {
        throw ShapeError(text("Tape: the cotangent has shape ", cotangent.shape(),
                              " and the output ", y.shape(), "; they must be equal"));
    }
    const auto last = journal_.find(y.id());
    Reading reading(journal_, start_, last && *last >= start_ ? *last + 1 : start_, sources);
    if (!reading.reaches(y)) {
        throw TapeError(
            "Tape: the loss is not on this tape; open the tape before computing the loss");
    }
    if (sums != nullptr) {
        reading.start_from(*sums);
    }
    const bool watching = watch_ == Watch::yes && keep == Keep::yes;
    std::unordered_map<Variable::Id, Variable> seen;
    if (watching) {
        reading.watcher = [&seen](Variable::Id id, const Variable& g) { seen.emplace(id, g); };
    }

    const Guard guard(*this, keep);
    const bool nobody_else_records = !is_recording();
    reading.run(y, cotangent, keep == Keep::no && nobody_else_records);
    std::vector<Variable> gradients = reading.take_gradients();
    if (watching) {
        watched_gradients_ = std::move(seen);  // of readings that came to their end
    }
    return gradients;
}

std::vector<Note> Tape::notes() const {
    std::vector<Note> notes;
    for (std::size_t i = start_; state_ != State::read && i < journal_.size(); ++i) {
        const Journal::Entry& entry = journal_.entry(i);
        Note note{
            entry.operation.name, entry.operation.attributes, entry.shape, entry.id, {}, {}, {}};
        for (std::size_t k = 0; k < journal_.input_count(i); ++k) {
            note.inputs.push_back(journal_.input(i, k).id);
        }
        if (const Variable* output = watch_ == Watch::yes ? journal_.watched(i) : nullptr) {
            note.value = output->value();
        }
        const auto g = watched_gradients_.find(entry.id);
        if (g != watched_gradients_.end()) {
            note.gradient = g->second.value();
        }
        notes.push_back(std::move(note));
    }
    return notes;
}

void detail::note(Operation operation, Variable& y, Input* inputs, std::size_t count) {
    Journal::here().append(std::move(operation), y, inputs, count);
}

Variable record(Operation operation, Array y, std::vector<Input> inputs) {
    Variable output(std::move(y));
    if (is_recording()) {
        detail::note(std::move(operation), output, inputs.data(), inputs.size());
    }
    return output;
}

}  // namespace xtape
