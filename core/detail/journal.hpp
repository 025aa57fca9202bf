#pragma once

#include <optional>
#include <vector>

#include <xtape/core/detail/chunks.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

class Interception;

/// What was executed on one thread while any tape was open: the list of which every open Tape is
/// a stretch. Nested tapes share its entries, and so nesting costs nothing.
///
/// Entries keep identities, not values. A value lives as long as a pullback captured it or the
/// user holds it, and no entry owns another: however long the list, nothing recurses.
class Journal {
public:
    struct Entry {
        Variable::Id id;
        Operation operation;
        Shape shape;
        std::size_t first_input;  // its inputs end where the next entry's begin
    };

    /// The journal of this thread.
    static Journal& here();

    Journal();

    std::size_t size() const { return entries_.size(); }
    Entry& entry(std::size_t i) { return entries_[i]; }
    const Entry& entry(std::size_t i) const { return entries_[i]; }

    /// Inputs are numbered through all entries: those of entry i are [first_input, inputs_end(i)).
    std::size_t inputs_end(std::size_t i) const;
    std::size_t input_count(std::size_t i) const;
    Input& input(std::size_t number) { return inputs_[number]; }
    Input& input(std::size_t i, std::size_t k) { return inputs_[entries_[i].first_input + k]; }

    /// The output of entry i, if a watching tape was open when it was noted down.
    const Variable* watched(std::size_t i) const;

    void append(Operation operation, Variable& y, Input* inputs, std::size_t count);

    /// The entry whose output is `id`, if it is here.
    std::optional<std::size_t> find(Variable::Id id) const;

    /// Drops all entries from `size` on.
    void truncate(std::size_t size) noexcept;

    Variable::Id next_leaf() { return ++last_leaf_; }

    /// Who is asked about every operation; usually nobody.
    Interception* interception() const { return interception_; }
    void set_interception(Interception* interception) noexcept { interception_ = interception; }

    // A tape is alive from its opening until it closes or was read; while it is read it is alive,
    // but does not record.
    void enter(bool watching) noexcept;
    void pause() noexcept { --recording_; }
    void resume() noexcept { ++recording_; }
    void leave(std::size_t start, bool watching) noexcept;

    /// Who listens, and where the list begins for them.
    struct Listeners {
        std::size_t base = 0;
        std::size_t alive = 0;
        std::size_t recording = 0;
        std::size_t watching = 0;
    };
    Listeners exchange_listeners(const Listeners& others) noexcept;

private:
    struct Watched {
        std::size_t entry;
        Variable output;
    };

    void forget_watched(std::size_t size) noexcept;

    Chunks<Entry> entries_;
    Chunks<Input> inputs_;
    std::vector<Watched> watched_;  // in the order of the entries
    Variable::Id last_result_;
    Variable::Id last_leaf_;
    Interception* interception_ = nullptr;
    Listeners tapes_;
    std::size_t& recording_ = detail::recording_tapes;  // of this journal's thread, whoever asks
};

/// While it lives, the youngest tape of this thread records nothing.
class Pause {
public:
    Pause() { Journal::here().pause(); }
    ~Pause() { Journal::here().resume(); }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
};

/// While it lives, no tape of this thread that is open now hears of anything, and those that are
/// opened meanwhile are on their own: for work inside an operator whose steps are nobody's business.
class Aside {
public:
    Aside();
    ~Aside();
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

private:
    Journal::Listeners others_;
};

}  // namespace xtape
