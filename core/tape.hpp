#pragma once

#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <xtape/core/operation.hpp>
#include <xtape/core/pullback.hpp>

namespace xtape {

/// One input of an operation and the way back to it. When nobody records, nothing is kept.
struct Input {
    /// Takes the functions of a Pullback.
    template <class... Back>
    Input(const Variable& x, Back&&... back) : id(x.id()) {
        if (is_recording()) {
            pullback = Pullback(std::forward<Back>(back)...);
        }
    }

    Variable::Id id;
    Pullback pullback;
};

/// Whether a reading leaves the tape as it is.
enum class Keep { no, yes };

/// Whether a tape holds on to every output and, once read, its gradient, for people to look at.
enum class Watch { no, yes };

/// One line of a tape, for its views.
struct Note {
    std::string op;
    Attributes attributes;
    Shape shape;
    Variable::Id id;
    std::vector<Variable::Id> inputs;
    std::optional<Array> value;     // of a watched tape
    std::optional<Array> gradient;  // of a watched tape that was read with Keep::yes
};

/// The list of operations executed on this thread while it is open, in order.
///
///     Tape tape;                                               // start writing
///     const Variable loss = criterion(model(x), target);       // every operation is noted down
///     const auto g = tape.gradients(loss, parameters);         // read the list from the end
///
/// An operation can only use results that already exist. So the order of execution is a
/// topological order of the graph, and the way back needs no search and no recursion: it is the
/// same list, read from the end.
///
/// Tapes nest. While an inner tape is read, an outer one goes on recording, and so can
/// differentiate the gradients again.
class Tape {
public:
    explicit Tape(Watch watching = Watch::no);
    ~Tape();
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// dL/dx for every x of `sources`, in that order; zeros for an x that L does not depend on.
    ///
    /// Reading consumes the tape: values are freed as soon as nobody needs them, and recording ends.
    /// With Keep::yes the tape can be read again, and goes on recording.
    ///
    /// Throws ShapeError unless L is a single number, TapeError if L is not on this tape, or if
    /// the tape was read before or belongs to another thread.
    std::vector<Variable> gradients(const Variable& loss, const std::vector<Variable>& sources,
                                    Keep keep = Keep::no);

    /// sum_i g_i dy_i/dx for every x of `sources`: the gradients of any L with dL/dy = g.
    ///
    ///     y          any shape
    ///     cotangent  that of y         the g above; ShapeError otherwise
    std::vector<Variable> gradients(const Variable& y, const Variable& cotangent,
                                    const std::vector<Variable>& sources, Keep keep = Keep::no);
    std::vector<Variable> gradients(const Variable& y, const Array& cotangent,
                                    const std::vector<Variable>& sources, Keep keep = Keep::no) {
        return gradients(y, Variable(cotangent), sources, keep);
    }
    template <class Numbers, class = IfNoReal<Numbers>>
    std::vector<Variable> gradients(const Variable& y, const Numbers& cotangent,
                                    const std::vector<Variable>& sources,
                                    Keep keep = Keep::no) = delete;

    /// The same, added to what is there already: returns sums[k] + dL/dx_k. Sums that nobody else
    /// holds are added to in place, which for the parameters of many small steps, each with a tape of
    /// its own, saves a pass over all of them:
    ///
    ///     sums = tape.add_gradients(y, cotangent, parameters, std::move(sums));
    ///
    /// Throws ValueError unless there is one sum for each source, ShapeError unless it has the shape
    /// of the source, TapeError if a source is named twice or is itself a result on this tape.
    std::vector<Variable> add_gradients(const Variable& y, const Variable& cotangent,
                                        const std::vector<Variable>& sources,
                                        std::vector<Variable> sums, Keep keep = Keep::no);

    /// The same from a loss, a single number.
    std::vector<Variable> add_gradients(const Variable& loss, const std::vector<Variable>& sources,
                                        std::vector<Variable> sums, Keep keep = Keep::no);

    /// What is on the tape now; nothing after a reading that consumed it.
    std::vector<Note> notes() const;

private:
    class Guard;

    std::vector<Variable> read(const Variable& y, const Variable& cotangent,
                               const std::vector<Variable>& sources, std::vector<Variable>* sums,
                               Keep keep);
    void require_readable() const;
    Variable one_for(const Variable& loss) const;
    void close() noexcept;

    enum class State { open, reading, read };

    class Journal& journal_;  // of the thread that opened this tape
    std::size_t start_;       // where in the journal this tape begins
    State state_ = State::open;
    Watch watch_;
    std::unordered_map<Variable::Id, Variable> watched_gradients_;
};

namespace detail {
/// Notes an operation down and makes y its output.
void note(Operation operation, Variable& y, Input* inputs, std::size_t count);
}  // namespace detail

/// Returns the output of an operation after noting it down on the open tapes. Every operator ends
/// with this call. y is new: neither an input nor a result of another operation.
template <class... Inputs>
Variable record(Operation operation, Variable y, Inputs&&... inputs) {
    static_assert((std::is_same_v<std::decay_t<Inputs>, Input> && ...));
    if (is_recording()) {
        Input list[] = {std::forward<Inputs>(inputs)...};
        detail::note(std::move(operation), y, list, sizeof...(inputs));
    }
    return y;
}

template <class... Inputs>
Variable record(Operation operation, Array y, Inputs&&... inputs) {
    return record(std::move(operation), Variable(std::move(y)), std::forward<Inputs>(inputs)...);
}

/// The same for an operation of any number of inputs.
Variable record(Operation operation, Array y, std::vector<Input> inputs);

}  // namespace xtape
