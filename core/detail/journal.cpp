#include <xtape/core/detail/journal.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include <xtape/core/detail/interception.hpp>
#include <xtape/core/errors.hpp>

namespace xtape {

namespace {

// Every thread numbers its own variables: 2^23 threads, 2^40 results and as many leaves for each.
constexpr int thread_shift = 41;
constexpr Variable::Id leaf_bit = Variable::Id{1} << 40;

Variable::Id first_id_of_thread() {
    static std::atomic<Variable::Id> threads{0};
    return threads.fetch_add(1, std::memory_order_relaxed) << thread_shift;
}

}  // namespace

Journal& Journal::here() {
    thread_local Journal journal;
    return journal;
}

Journal::Journal() : last_result_(first_id_of_thread()), last_leaf_(last_result_ | leaf_bit) {}

std::size_t Journal::inputs_end(std::size_t i) const {
    return i + 1 < entries_.size() ? entries_[i + 1].first_input : inputs_.size();
}

std::size_t Journal::input_count(std::size_t i) const {
    return inputs_end(i) - entries_[i].first_input;
}

void Journal::append(Operation operation, Variable& y, Input* inputs, std::size_t count) {
    const bool is_input = std::any_of(inputs, inputs + count,
                                      [&y](const Input& input) { return input.id == y.id(); });
    if (is_input || (y.id() & leaf_bit) == 0) {
        throw TapeError(std::string(operation.name) +
                        ": its output is an input or on a tape already; record a new variable");
    }
    if (interception_ != nullptr) {
        interception_->ask(operation, y, inputs, count);
    }
    const std::size_t first = inputs_.size();
    const std::size_t number = entries_.size();
    try {
        if (tapes_.watching > 0) {
            watched_.push_back({number, y});
        }
        for (std::size_t k = 0; k < count; ++k) {
            inputs_.push_back(std::move(inputs[k]));
        }
        entries_.push_back({last_result_ + 1, std::move(operation), y.shape(), first});
    } catch (...) {
        inputs_.shrink(first);
        forget_watched(number);
        throw;
    }
    y.body().id = ++last_result_;
}

std::optional<std::size_t> Journal::find(Variable::Id id) const {
    if (entries_.empty() || id < entries_.front().id || id > entries_.back().id) {
        return std::nullopt;
    }
    // Numbers rise by one from entry to entry, or by more where an inner tape was dropped.
    const std::size_t guess = static_cast<std::size_t>(id - entries_.front().id);
    if (guess < entries_.size() && entries_[guess].id == id) {
        return guess;
    }
    std::size_t first = 0;
    std::size_t last = entries_.size();
    while (first < last) {  // entries_[i].id < id for all i < first, and not from last on
        const std::size_t middle = first + (last - first) / 2;
        entries_[middle].id < id ? first = middle + 1 : last = middle;
    }
    if (entries_[first].id != id) {
        return std::nullopt;
    }
    return first;
}

const Variable* Journal::watched(std::size_t i) const {
    const auto found =
        std::lower_bound(watched_.begin(), watched_.end(), i,
                         [](const Watched& one, std::size_t entry) { return one.entry < entry; });
    return found != watched_.end() && found->entry == i ? &found->output : nullptr;
}

void Journal::forget_watched(std::size_t size) noexcept {
    while (!watched_.empty() && watched_.back().entry >= size) {
        watched_.pop_back();
    }
}

void Journal::truncate(std::size_t size) noexcept {
    forget_watched(size);
    while (entries_.size() > size) {
        inputs_.shrink(entries_.back().first_input);
        entries_.shrink(entries_.size() - 1);
    }
}

void Journal::enter(bool watching) noexcept {
    ++tapes_.alive;
    resume();
    tapes_.watching += watching ? 1 : 0;
}

void Journal::leave(std::size_t start, bool watching) noexcept {
    --tapes_.alive;
    tapes_.watching -= watching ? 1 : 0;
    if (tapes_.alive == 0) {
        truncate(tapes_.base);
    } else if (recording_ == 0) {
        truncate(start);  // the other tapes are being read: they end before this one began
    }
}

Journal::Listeners Journal::exchange_listeners(const Listeners& others) noexcept {
    Listeners before = std::exchange(tapes_, others);
    before.recording = std::exchange(recording_, others.recording);
    return before;
}

Aside::Aside() : others_(Journal::here().exchange_listeners({Journal::here().size()})) {}

Aside::~Aside() {
    Journal::here().exchange_listeners(others_);
}

}  // namespace xtape
