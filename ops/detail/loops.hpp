#pragma once

#include <array>
#include <vector>

#include <xtape/core/array.hpp>

namespace xtape {

/// One of several nested loops that visit places in N arrays at once: how often it turns, and how
/// far each place moves per turn, 0 if it stays.
template <std::size_t N>
struct Loop {
    std::size_t extent;
    std::array<std::size_t, N> step;
};

/// Nested loops, the innermost first.
template <std::size_t N>
using Loops = std::vector<Loop<N>>;

/// Puts one more loop around the others. It becomes one with the outermost of them if every place
/// goes on where that left off, and vanishes if it turns once.
template <std::size_t N>
void put_around(Loops<N>& loops, const Loop<N>& loop) {
    if (loop.extent == 1) {
        return;
    }
    bool goes_on = !loops.empty();
    for (std::size_t n = 0; goes_on && n < N; ++n) {
        goes_on = loop.step[n] == loops.back().step[n] * loops.back().extent;
    }
    if (goes_on) {
        loops.back().extent *= loop.extent;
    } else {
        loops.push_back(loop);
    }
}

/// Calls visit(place) wherever the `depth` innermost loops lead to from `start`; depth > 0.
template <std::size_t N, class Visit>
void run(const Loops<N>& loops, std::size_t depth, const std::array<std::size_t, N>& start,
         const Visit& visit) {
    const Loop<N>& loop = loops[depth - 1];
    std::array<std::size_t, N> place = start;
    for (std::size_t i = 0; i < loop.extent; ++i) {
        depth == 1 ? visit(place) : run(loops, depth - 1, place, visit);
        for (std::size_t n = 0; n < N; ++n) {
            place[n] += loop.step[n];
        }
    }
}

template <std::size_t N, class Visit>
void run(const Loops<N>& loops, const Visit& visit) {
    constexpr std::array<std::size_t, N> start{};
    loops.empty() ? visit(start) : run(loops, loops.size(), start, visit);
}

}  // namespace xtape
