#pragma once

#include <cstddef>

#include <xtape/core/array.hpp>

namespace xtape {

// The arithmetic of gru_gates on some rows that follow each other in memory; its derivation stands in
// gru_gates.cpp. a, b, gates and their gradients have 3 `width` numbers a row, r, z and n next to
// each other; h, y and g have `width`.

struct GruRows {
    std::size_t rows, width;

    /// r, z and n
    void gates(const Real* a, const Real* b, Real* gates) const;

    /// n + z (h - n); y may be h
    void blend(const Real* gates, const Real* h, Real* y) const;

    /// dL/da; b_n is the last part of b, whose rows begin `stride` numbers apart
    void input_gradient(const Real* g, const Real* gates, const Real* b_n, std::size_t stride,
                        const Real* h, Real* da) const;

    /// dL/db from dL/da, in whose place it may be
    void state_gradient(const Real* da, const Real* gates, Real* db) const;

    /// g z, the part of dL/dh that does not come by b; in the place of g
    void keep(const Real* gates, Real* g) const;
};

}  // namespace xtape
