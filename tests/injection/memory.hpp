#pragma once

#include <cstddef>
#include <new>

#include <doctest/doctest.h>

#include <xtape/core/tape.hpp>

namespace xtape {

/// Blocks that operator new has given out and nobody has returned. In this program every block comes
/// from there: the library's pool is switched off.
std::ptrdiff_t live_blocks();

/// What becomes of memory after the allocation that fails.
enum class Then { recovers, stays_empty };

/// While it lives, allocation number k on this thread fails, counted from 1, or all from it on.
class FailingMemory {
public:
    FailingMemory(std::size_t k, Then then);
    ~FailingMemory();
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;

    bool has_failed() const;
};

/// How a program took it that memory failed. `hidden` is a failure that it did not tell.
enum class Outcome { untouched, told, hidden };

template <class Program>
Outcome run_short_of_memory(Program& program, std::size_t k, Then then) {
    const FailingMemory memory(k, then);
    try {
        program();
    } catch (const std::bad_alloc&) {
        return Outcome::told;
    }
    return memory.has_failed() ? Outcome::hidden : Outcome::untouched;
}

/// Runs `program` once for each of its allocations, which then fails, and after each of these runs
/// `inspect`. Nothing may leak, no tape may be left open. Returns the number of allocations.
template <class Program, class Inspect>
std::size_t fail_every_allocation(Program program, Inspect inspect, Then then) {
    inspect();  // once before, for what is allocated only at the first use
    for (std::size_t k = 1;; ++k) {
        CAPTURE(k);
        const bool recording = is_recording();
        const std::ptrdiff_t before = live_blocks();
        const Outcome outcome = run_short_of_memory(program, k, then);
        const std::ptrdiff_t after = live_blocks();
        REQUIRE(outcome != Outcome::hidden);
        REQUIRE(after == before);
        REQUIRE(is_recording() == recording);
        if (outcome == Outcome::untouched) {
            return k - 1;
        }
        inspect();
    }
}

/// The same for memory that recovers and for memory that does not.
template <class Program, class Inspect>
std::size_t fail_every_allocation(Program program, Inspect inspect) {
    fail_every_allocation(program, inspect, Then::recovers);
    return fail_every_allocation(program, inspect, Then::stays_empty);
}

}  // namespace xtape
